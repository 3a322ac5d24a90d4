// What stands in the lineage panel where there is no graph: why, and what to do. Free of
// VS Code, so that a test can read it.

import type { Note, NoteButton } from "../webview/messages";
import { sentence } from "./text";

const RETRY: NoteButton = { title: "Try Again", action: "retry" };
const RESTART: NoteButton = { title: "Restart Server", action: "restart" };
const LOGS: NoteButton = { title: "Show Logs", action: "logs" };
const SETTINGS: NoteButton = { title: "Open Settings", action: "settings" };
const FIND: NoteButton = { title: "Find a Dashboard…", action: "find" };

export const NO_EDITOR: Note = {
    title: "Open a dbt model",
    text: "Its sources, models, workbooks and dashboards are drawn here. The graph follows the file and the cursor.",
    buttons: [FIND],
};

export const NO_SERVER: Note = {
    title: "The Exposure Lens server is not running",
    text: "The log says why. The graph is drawn as soon as the server runs.",
    buttons: [RESTART, LOGS],
};

export const OLD_SERVER: Note = {
    title: "The server is older than this extension",
    text: "It knows no lineage. Update it, or clear the setting that names it: then the one inside the extension runs.",
    buttons: [SETTINGS, RESTART],
};

/** The file is no node's. */
export function noNode(file: string): Note {
    return {
        title: `No dbt node is known in ${file}`,
        text:
            "Open a model, a seed, a snapshot, or a properties file that names one. " +
            "A new one is known once it is saved in a folder that dbt reads.",
        buttons: [FIND, RETRY],
    };
}

/** The server could not answer. */
export function failed(reason: string): Note {
    return { title: "The lineage could not be read", text: sentence(reason), buttons: [RETRY, LOGS] };
}
