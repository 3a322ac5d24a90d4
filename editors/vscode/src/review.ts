// Edits of several files, shown before they are made. VS Code does so when a part of an edit
// needs confirmation, and leaves just those parts unticked: "Apply" would write nothing until
// somebody has ticked each. So what asks is a part that does nothing, and all others are ticked.
// Free of VS Code, so that a test can read it.

import type { CodeAction } from "vscode-languageclient/node";

import type { ActionData } from "./lsp_ext";

const ASKS = "exposureLens.asks";

/** The action, ticked wherever it needed confirmation; VS Code shows it first all the same. */
export function ticked(action: CodeAction): CodeAction {
    const { edit } = action;
    const annotations = Object.entries(edit?.changeAnnotations ?? {});
    if (!edit?.documentChanges || !annotations.some(([, it]) => it.needsConfirmation)) {
        return action;
    }
    const { project } = action.data as ActionData;
    // It is there: VS Code does not list what makes a file that is.
    const nothing = {
        kind: "create" as const,
        uri: `${project.replace(/\/$/, "")}/dbt_project.yml`,
        options: { ignoreIfExists: true },
        annotationId: ASKS,
    };
    const confirmed = annotations.map(([id, it]) => [id, { ...it, needsConfirmation: false }] as const);
    const changeAnnotations = {
        ...Object.fromEntries(confirmed),
        [ASKS]: { label: "Nothing", needsConfirmation: true },
    };
    const documentChanges = [...edit.documentChanges, nothing];
    return { ...action, edit: { ...edit, changeAnnotations, documentChanges } };
}
