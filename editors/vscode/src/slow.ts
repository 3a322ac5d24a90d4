// Progress that is shown of what takes long, and only of that: a bar that blinks at each move of
// the cursor tells nobody anything.

import * as vscode from "vscode";

/** What takes longer shows that it does. */
const SLOW_MS = 400;

/** Waits for an answer, and shows in the view that it is waited for. */
export async function showIfSlow<T>(viewId: string, answer: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
        void vscode.window.withProgress({ location: { viewId } }, () => answer.catch(() => undefined));
    }, SLOW_MS);
    try {
        return await answer;
    } finally {
        clearTimeout(timer);
    }
}
