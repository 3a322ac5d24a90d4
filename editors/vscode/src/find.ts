// Finds the models behind a workbook, a dashboard or a pasted Tableau link, while it is typed.
//
// VS Code's own picker of workspace symbols compares what is typed with each symbol's
// name, and so hides what the server found for a link.

import * as vscode from "vscode";
import { type SymbolInformation, WorkspaceSymbolRequest } from "vscode-languageclient/node";

import type { Context } from "./context";
import { type FoundItem, foundItems } from "./find_items";
import { openPlace } from "./open_file";

/** How long nobody types before the server is asked. */
const REST_MS = 150;

type Item = FoundItem & vscode.QuickPickItem;

/** Asks what to find, shows the models that feed it, and opens the one that is chosen. */
export async function find(ctx: Context): Promise<void> {
    if (!(await ctx.runningOrWarn())) {
        return;
    }
    const pick = vscode.window.createQuickPick<Item>();
    pick.title = "Find the models behind a Tableau dashboard";
    pick.placeholder = "Name of a dashboard or workbook, or a link copied from the browser";
    pick.matchOnDescription = true;
    const search = new Search(ctx, pick);
    const chosen = await new Promise<Item | undefined>((resolve) => {
        search.choose = (item) => item?.symbol && resolve(item);
        pick.onDidChangeValue((text) => search.soon(text.trim()));
        pick.onDidAccept(() => search.accept());
        pick.onDidHide(() => resolve(undefined));
        pick.show();
    });
    search.dispose();
    pick.dispose();
    if (chosen?.symbol) {
        await openPlace(ctx, chosen.symbol.location);
    }
}

/** The questions behind a picker: the latest one wins. */
class Search implements vscode.Disposable {
    private timer: NodeJS.Timeout | undefined;
    private asking = new vscode.CancellationTokenSource();
    /** What becomes of the line that is meant. */
    choose: (item: Item | undefined) => unknown = () => undefined;
    /** What is listed is another text's: Enter means the first line of what is still to come. */
    private isDue = false;
    private wantsFirst = false;

    constructor(
        private readonly ctx: Context,
        private readonly pick: vscode.QuickPick<Item>,
    ) {}

    /** Enter was pressed. */
    accept(): void {
        if (this.isDue) {
            this.wantsFirst = true;
        } else {
            this.choose(this.pick.selectedItems[0]);
        }
    }

    /** Asks for this text once nobody types any more. */
    soon(text: string): void {
        this.stop();
        this.wantsFirst = false;
        this.isDue = text !== "";
        this.pick.busy = this.isDue;
        if (text === "") {
            this.pick.items = [];
        } else {
            this.timer = setTimeout(() => void this.ask(text), REST_MS);
        }
    }

    private async ask(query: string): Promise<void> {
        const { token } = this.asking;
        try {
            const client = (await this.ctx.running())?.client;
            const found = await client?.sendRequest(WorkspaceSymbolRequest.type, { query }, token);
            if (!token.isCancellationRequested) {
                const pathOf = (uri: string): string => vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
                const items = foundItems(query, (found ?? []) as SymbolInformation[], this.ctx.status.current, pathOf);
                // The server has chosen them: VS Code is to hide none.
                this.show(items.map((it) => ({ ...it, alwaysShow: true })));
            }
        } catch (error) {
            if (!token.isCancellationRequested) {
                this.ctx.log.warn(`find: ${String(error)}`);
                this.show([]);
            }
        }
    }

    private show(items: readonly Item[]): void {
        this.pick.items = items;
        this.pick.busy = false;
        this.isDue = false;
        if (this.wantsFirst) {
            this.choose(items[0]);
        }
    }

    private stop(): void {
        clearTimeout(this.timer);
        this.asking.cancel();
        this.asking.dispose();
        this.asking = new vscode.CancellationTokenSource();
    }

    dispose(): void {
        this.stop();
        this.asking.dispose();
    }
}
