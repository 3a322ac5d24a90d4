// The dbt projects that the server has loaded, and which of them is meant.

import * as vscode from "vscode";

import type { ProjectStatus } from "./lsp_ext";
import { innermost } from "./place";
import { noIcons } from "./text";

/** The project that a file lies in. */
export function projectAt(
    uri: vscode.Uri | undefined,
    projects: readonly ProjectStatus[],
): ProjectStatus | undefined {
    const places = projects.map((project) => ({ project, folder: vscode.Uri.parse(project.uri).fsPath }));
    return uri && innermost(uri.fsPath, places)?.project;
}

/** The only project, else the one that the user names. */
export async function chooseProject(
    projects: readonly ProjectStatus[],
    title: string,
): Promise<ProjectStatus | undefined> {
    if (projects.length < 2) {
        return projects[0];
    }
    const items = projects.map((project) => ({
        label: noIcons(project.name),
        description: noIcons(vscode.workspace.asRelativePath(vscode.Uri.parse(project.uri))),
        project,
    }));
    const chosen = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
    return chosen?.project;
}
