;;; emacs_lsp_mode.el --- Emacs with lsp-mode, as editors/README.md sets it up  -*- lexical-binding: t -*-

;;; Commentary:

;; As emacs_eglot.el, for the package lsp-mode, which draws lenses.
;;
;;   emacs --batch --directory tests/run.d --load emacs_lsp_mode SERVER PROJECT README

;;; Code:

(require 'emacs_steps)
(require 'lsp-mode)
(require 'lsp-lens)

(defun lens-text ()
  "The lenses that are drawn in this buffer."
  (mapconcat (lambda (it)
               (substring-no-properties
                (or (overlay-get it 'before-string) (overlay-get it 'after-string) "")))
             lsp-lens--overlays "\n"))

(defun click-of-lens ()
  "What the mouse calls on the first lens."
  (let* ((overlay (car lsp-lens--overlays))
         (text (or (overlay-get overlay 'before-string) (overlay-get overlay 'after-string)))
         (at (text-property-not-all 0 (length text) 'local-map nil text)))
    (lookup-key (get-text-property at 'local-map text) [mouse-1])))

(defun drive-lens ()
  "The lens is drawn, and a click on it lists the dashboards."
  (wait-for "a lens" (lambda ()
                       (lsp-lens-refresh nil (current-buffer))
                       (string-search "Tableau: 11 dashboards" (lens-text))))
  (step-holds "a lens is drawn" t)
  (setq wanted '("Churn Risk"))
  (call-interactively (click-of-lens))
  (wait-for "the list of dashboards" (lambda () (null wanted)))
  (step-holds "its click lists the dashboards" (member "Overview — Sales Overview" offered) offered))

(defun drive-edits (exposures)
  "Write an exposure into the file EXPOSURES."
  (choose "Write exposure `churn`" #'lsp-execute-code-action)
  (let ((buffer (wait-for "the exposures file" (lambda () (find-buffer-visiting exposures)))))
    (with-current-buffer buffer
      (step-holds "the exposure is written" (string-search "- name: churn" (buffer-string)) (buffer-string)))))

;; What the package yaml-mode has of it counts here: the mode's name.
(unless (fboundp 'yaml-mode)
  (define-derived-mode yaml-mode prog-mode "YAML"))

(defun drive-exposures (exposures)
  "The file EXPOSURES has the same server, and its lenses."
  (with-current-buffer (find-file-noselect exposures)
    (yaml-mode)
    (lsp)
    (step-holds "an exposures file has the server too" (lsp-workspaces) (lsp-buffer-language))
    (wait-for "a lens of an exposure"
              (lambda ()
                (lsp-lens-refresh nil (current-buffer))
                (string-search "Tableau: in step" (lens-text))))
    (step-holds "an exposure has its lens" t)))

(defun drive (server project readme)
  "Take each step on PROJECT with SERVER, as README says."
  (evaluate-readme readme "## Emacs with lsp-mode" server)
  ;; Which folder the project is, is asked of a person.
  (setq lsp-session-file (expand-file-name "session" project)
        lsp-enable-snippet nil)
  (lsp-workspace-folders-add project)
  (find-file (expand-file-name "models/marts/fct_orders.sql" project))
  (lsp)
  (wait-for "a server" #'lsp-workspaces)
  (drive-lens)
  (drive-exposures (expand-file-name "models/exposures/tableau.yml" project))
  (drive-edits (expand-file-name "models/exposures/tableau.yml" project))
  (step-holds "nothing of ours is unknown to it"
              (not (string-search "exposureLens/" (messages))) (messages))
  (setq lsp-restart 'ignore)
  (with-lsp-workspace (car (lsp-workspaces)) (lsp--shutdown-workspace))
  (step-holds "the server ends when it is asked to"
              (not (string-search "shutdown request" (messages))) (messages)))

(finish #'drive #'ignore)
;;; emacs_lsp_mode.el ends here
