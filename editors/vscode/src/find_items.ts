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

/** What decides whether all there is was looked through. */
export type Searched = Pick<Shown, "health" | "message" | "quiescent" | "memory">;

/** VS Code makes icons of `$(…)` in every line: names of others are none. */
export function foundItems(
    query: string,
    symbols: readonly SymbolInformation[],
    status: Searched,
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

const TAKES = "Takes a name, a part of one, or a link copied from the browser";
const NO_SUCH_PAGE = "No workbook that is known has this page: is its site signed in to?";

function nothing(query: string, status: Searched): FoundItem {
    const detail = unknown(status) ?? (isLink(query) ? NO_SUCH_PAGE : TAKES);
    return { label: `No model is known to feed “${noIcons(query)}”`, description: "", detail: noIcons(detail) };
}

function isLink(query: string): boolean {
    return /^https?:\/\//i.test(query);
}

/** What keeps it from being nothing at all. */
function unknown({ health, message, quiescent, memory }: Searched): string | undefined {
    if (health !== "ok" || !quiescent) {
        return `Not all is known: ${message}`;
    }
    if (memory && memory.loaded < memory.known) {
        const { loaded, known } = memory;
        return `Looked into ${loaded} of ${known} dbt projects: the others load when a file of theirs is opened`;
    }
    return undefined;
}

/** The kinds that the server gives a workbook and a datasource: `Package` and `Object`. */
const [WORKBOOK, DATASOURCE] = [4, 19];

function icon(kind: SymbolKind): string {
    return kind === WORKBOOK ? "book" : kind === DATASOURCE ? "database" : "dashboard";
}
