;;; emacs_steps.el --- What the scripts that drive a real Emacs share  -*- lexical-binding: t -*-

;;; Commentary:

;; Counts steps, waits for what the server does, and answers what Emacs asks a person.

;;; Code:

(require 'cl-lib)
(require 'package)
(package-initialize)

(defvar steps-passed 0)
(defvar steps-failed 0)

(defun step-holds (what holds &optional seen)
  "Note whether WHAT HOLDS; SEEN is shown where it does not."
  (if holds
      (cl-incf steps-passed)
    (cl-incf steps-failed))
  (princ (format "%s - Emacs: %s%s\n" (if holds "ok" "not ok") what
                 (if holds "" (format "; seen: %s" seen)))))

(defun wait-for (what holds)
  "Let Emacs work until HOLDS returns something, and return that; WHAT is hoped for."
  (let ((deadline (+ (float-time) 30)) (found nil))
    (while (not (setq found (funcall holds)))
      (when (> (float-time) deadline) (error "Waited in vain for %s" what))
      (accept-process-output nil 0.05))
    found))

;; What a person would read and choose. The server asks whenever it likes, so that these
;; stand in for the minibuffer as long as the script runs.

(defvar wanted nil "How the next choices start, in their order.")
(defvar offered nil "What there was to choose from, the last time.")

(define-advice completing-read (:override (prompt collection &rest _) script)
  (setq offered (all-completions "" collection))
  (let ((start (pop wanted)))
    (or (and start (cl-find-if (lambda (it) (string-prefix-p start it)) offered))
        (error "%s: %S is not among %S" prompt start offered))))

(define-advice y-or-n-p (:override (&rest _) script) t)

(defun choose (start command)
  "Run COMMAND as a key does, and choose what starts with START; return what was offered."
  (setq wanted (list start))
  ;; The mouse would bring up a menu.
  (let ((last-nonmenu-event 13)) (call-interactively command))
  offered)

(defun messages ()
  "What Emacs has said so far."
  (with-current-buffer (messages-buffer) (buffer-string)))

(defun says (text)
  "Wait until Emacs has said TEXT."
  (wait-for text (lambda () (string-search text (messages)))))

(defun evaluate-readme (readme heading server)
  "Evaluate the lines under HEADING in README; the program there is SERVER."
  (with-temp-buffer
    (insert-file-contents readme)
    (search-forward (concat "\n" heading))
    (search-forward "```elisp\n")
    (let ((start (point)))
      (search-forward "\n```")
      (let ((text (buffer-substring start (match-beginning 0))))
        (step-holds "the README names the program" (string-search "\"exposure-lens\"" text) text)
        (with-temp-buffer
          (insert (string-replace "\"exposure-lens\"" (prin1-to-string server) text))
          (eval-buffer))))))

(defun finish (drive stop)
  "Run DRIVE with the command line's arguments, then STOP; count, and leave Emacs."
  (condition-case reason
      (apply drive command-line-args-left)
    (error (step-holds "nothing breaks" nil (error-message-string reason))))
  (princ (format "%d passed, %d failed\n" steps-passed steps-failed))
  (ignore-errors (funcall stop))
  (kill-emacs (min steps-failed 1)))

(provide 'emacs_steps)
;;; emacs_steps.el ends here
