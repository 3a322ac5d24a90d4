// Text of others made fit for VS Code's messages and lines.

/** VS Code makes links of `[…](…)`, commands too: no name or answer of others is one. */
export function noLinks(text: string): string {
    return text.replaceAll("](", "] (");
}

/** The status bar, the lines of the status and lists make icons of `$(…)`. */
export function noIcons(text: string): string {
    return text.replaceAll("$(", "$ (");
}

/** What was thrown, in its own words. */
export function reasonOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** The program's messages begin small and end without a stop, for terminals. */
export function sentence(text: string): string {
    const trimmed = noLinks(text.trim());
    const stop = /[.!?]$/.test(trimmed) ? "" : ".";
    return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${stop}`;
}

/** Whether the server says that nothing of Tableau's is known: its words name the terminal's ways
 * to get some, and here are others. A test compares this with the server's. */
export function isNoContent(message: string): boolean {
    return message.startsWith("Exposure Lens: no Tableau content found: ");
}
