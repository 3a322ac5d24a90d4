;;; emacs_eglot.el --- Emacs with eglot, as editors/README.md sets it up  -*- lexical-binding: t -*-

;;; Commentary:

;; Drives a real Emacs on a copy of the sample project, by the commands that a person
;; gives: what the README promises for eglot is shown, and what an action writes is there.
;;
;;   emacs --batch --directory tests/run.d --load emacs_eglot SERVER PROJECT README
;;
;; The lines for eglot in README are evaluated, not repeated here.

;;; Code:

(require 'emacs_steps)
(require 'eglot)

(defun hover-text ()
  "What the server says of the place at point, as eldoc asks for it."
  (let ((answer (jsonrpc-request (eglot-current-server) :textDocument/hover
                                 (eglot--TextDocumentPositionParams))))
    (or (and answer (eglot--hover-info (plist-get answer :contents) (plist-get answer :range)))
        "")))

(defun hover-says (text)
  "Wait until the hover at point holds TEXT."
  (wait-for text (lambda () (string-search text (hover-text)))))

(defun drive-lists ()
  "Hover, and the list behind a lens, without a lens."
  (step-holds "hover on the first line lists the workbooks" (hover-says "**Churn**"))
  (let ((actions (choose "List Tableau dashboards that use fct_orders" #'eglot-code-actions)))
    (step-holds "each workbook without an exposure can have one"
                (member "Write exposure `churn` for Churn" actions) actions))
  (setq wanted '("Churn Risk"))
  (wait-for "the list of dashboards" (lambda () (null wanted)))
  (step-holds "the list has the dashboards" (member "Overview — Sales Overview" offered) offered)
  (step-holds "choosing one says where it is" (says "the workbook is tableau/Churn.twbx")))

(defun drive-edits (exposures)
  "Write an exposure into the file EXPOSURES, and take it back."
  (choose "Write exposure `churn`" #'eglot-code-actions)
  (let ((before (with-temp-buffer (insert-file-contents exposures) (buffer-string)))
        (buffer (wait-for "the exposures file" (lambda () (find-buffer-visiting exposures)))))
    (with-current-buffer buffer
      (step-holds "the exposure is written" (string-search "- name: churn" (buffer-string)) (buffer-string))
      (save-buffer))
    (step-holds "hover names it once it is saved" (hover-says "`churn`"))
    (with-current-buffer buffer
      ;; The end of a command, which a script does not have.
      (undo-boundary)
      (undo)
      (step-holds "undo takes it back" (equal (buffer-string) before) (buffer-string)))))

(defun drive (server project readme)
  "Take each step on PROJECT with SERVER, as README says."
  (evaluate-readme readme "## Emacs with eglot" server)
  (find-file (expand-file-name "models/marts/fct_orders.sql" project))
  (setq eglot-connect-timeout 30)
  (call-interactively #'eglot)
  (wait-for "a server" #'eglot-current-server)
  (step-holds "the server says what it is"
              (equal (plist-get (eglot--server-info (eglot-current-server)) :name) "exposure-lens")
              (eglot--server-info (eglot-current-server)))
  (drive-lists)
  (drive-edits (expand-file-name "models/exposures/tableau.yml" project))
  (let ((found (mapcar (lambda (it) (file-name-nondirectory (xref-location-group (xref-item-location it))))
                       (xref-backend-apropos 'eglot "Weekly"))))
    (step-holds "a workbook's name leads to its models" (member "fct_returns.sql" found) found)))

(finish #'drive (lambda () (eglot-shutdown (eglot-current-server) nil 5)))
;;; emacs_eglot.el ends here
