// What a search has found, as a list to choose from. Free of VS Code, so that a test can
// read it.

import type { SymbolInformation, SymbolKind } from "vscode-languageclient/node";

import type { Shown } from "./sites";
import { noIcons } from "./text";

/** A line of the list. */
export interface FoundItem {
    readonly label: string;
    readonly description: string;
    readonly detail: string;
    /** Where its model is written; nothing for a line that only tells something. */
    readonly symbol?: SymbolInformation;
}

/** VS Code makes icons of `$(…)` in every line: names of others are none. */
export function foundItems(
    query: string,
    symbols: readonly SymbolInformation[],
    status: Pick<Shown, "health" | "message" | "quiescent">,
    pathOf: (uri: string) => string,
): FoundItem[] {
    if (query === "") {
        return [];
    }
    if (symbols.length === 0) {
        return [nothing(query, status)];
    }
    return symbols.map((symbol) => ({
        label: `$(${icon(symbol.kind)}) ${noIcons(symbol.name)}`,
        description: noIcons(symbol.containerName ?? ""),
        detail: noIcons(pathOf(symbol.location.uri)),
        symbol,
    }));
}

function nothing(query: string, { health, message, quiescent }: Pick<Shown, "health" | "message" | "quiescent">): FoundItem {
    const isAll = health === "ok" && quiescent;
    return {
        label: `No model is known to feed “${noIcons(query)}”`,
        description: "",
        detail: isAll ? "Takes a name, a part of one, or a link copied from the browser" : `Not all is known: ${noIcons(message)}`,
    };
}

/** The kinds that the server gives a workbook and a datasource: `Package` and `Object`. */
const [WORKBOOK, DATASOURCE] = [4, 19];

function icon(kind: SymbolKind): string {
    return kind === WORKBOOK ? "book" : kind === DATASOURCE ? "database" : "dashboard";
}
