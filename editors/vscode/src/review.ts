// Edits of several files, shown before they are made. VS Code does so when a part of an edit
// needs confirmation, and leaves just those parts unticked: "Apply" would write nothing until
// somebody has ticked each. So what asks is a part that does nothing, and all others are ticked.
// Free of VS Code, so that a test can read it.

import type { CodeAction, WorkspaceEdit } from "vscode-languageclient/node";

import type { ActionData } from "./lsp_ext";

const ASKS = "exposureLens.asks";

/** The action, ticked wherever it needed confirmation; VS Code shows it first all the same. */
export function tickedAction(action: CodeAction): CodeAction {
    const { edit, data } = action;
    return edit && needsConfirmation(edit) ? { ...action, edit: ticked(edit, (data as ActionData).project) } : action;
}

/** The same of an edit of files in the dbt project at `project`. */
export function ticked(edit: WorkspaceEdit, project: string): WorkspaceEdit {
    if (!edit.documentChanges || !needsConfirmation(edit)) {
        return edit;
    }
    // It is there: VS Code does not list what makes a file that is.
    const nothing = {
        kind: "create" as const,
        uri: `${project.replace(/\/$/, "")}/dbt_project.yml`,
        options: { ignoreIfExists: true },
        annotationId: ASKS,
    };
    const annotations = Object.entries(edit.changeAnnotations ?? {});
    const confirmed = annotations.map(([id, it]) => [id, { ...it, needsConfirmation: false }] as const);
    const changeAnnotations = {
        ...Object.fromEntries(confirmed),
        [ASKS]: { label: "Nothing", needsConfirmation: true },
    };
    return { ...edit, changeAnnotations, documentChanges: [...edit.documentChanges, nothing] };
}

/** The first file that an edit changes. */
export function firstFile({ documentChanges }: WorkspaceEdit): string | undefined {
    const [first] = documentChanges ?? [];
    if (!first) {
        return undefined;
    }
    return "textDocument" in first ? first.textDocument.uri : first.kind === "rename" ? first.oldUri : first.uri;
}

function needsConfirmation({ changeAnnotations }: WorkspaceEdit): boolean {
    return Object.values(changeAnnotations ?? {}).some((it) => it.needsConfirmation);
}
