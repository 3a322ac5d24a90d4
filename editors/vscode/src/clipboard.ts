// What the server copies for the user goes to the clipboard of the machine that the user
// sits at, which the server cannot reach: it runs beside the project.

import * as vscode from "vscode";

import type { CopyParams } from "./lsp_ext";
import { noIcons } from "./text";

/** How long the status bar says what was copied. */
const SHOWN_MS = 5_000;

/** Copies a text, and says so where it does not get in the way. */
export async function copy({ text }: CopyParams): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(`$(clippy) Copied: ${noIcons(text)}`, SHOWN_MS);
}
