// Writes all exposures of a project that are missing. The server makes one edit of them, VS
// Code shows it first (see review.ts), and one undo takes it back.

import * as vscode from "vscode";

import type { Context } from "./context";
import { WRITE } from "./lsp_ext";
import { chooseProject, projectAt } from "./projects";
import { serverCommand } from "./server_command";

/** Of the project that is named, else of the one that the active file is in, else of one that the
 * user chooses. */
export async function writeMissing(ctx: Context, named?: string): Promise<void> {
    if (!(await ctx.runningOrWarn())) {
        return;
    }
    const { projects } = ctx.status.current;
    if (projects.length === 0) {
        void vscode.window.showInformationMessage("No dbt project is loaded: open one of its files first.");
        return;
    }
    const meant = projects.find((it) => it.uri === named) ?? projectAt(vscode.window.activeTextEditor?.document.uri, projects);
    const project = meant ?? (await chooseProject(projects, "Write the exposures that are missing in"));
    if (project) {
        await serverCommand(ctx, WRITE, { project: project.uri, write: { what: "missing" } });
    }
}
