// The server's status in words, Tableau's sites above all. Free of VS Code, so that a test
// can read them.

import type { Health, MemoryStatus, SiteStatus, StatusParams } from "./lsp_ext";
import { noIcons, noLinks } from "./text";

/** What is shown of a status. */
export type Shown = Pick<StatusParams, "health" | "message" | "detail" | "quiescent" | "sites"> & {
    /** How many projects are loaded, of how many; nothing as long as the server has not said it. */
    readonly memory?: MemoryStatus;
};

/** A site that the user can sign in to or out of. */
export type Site = SiteStatus & { readonly address: string };

/** Whether the user has to sign in before anything is known of it. */
function isSignedOut(site: SiteStatus): boolean {
    return site.phase === "not_signed_in";
}

/** Whether signing in is the next step: nobody has, or the server says so of a token that lapsed. */
function wantsSignIn(site: SiteStatus): boolean {
    return isSignedOut(site) || (site.message !== null && asksToSignIn(site.message));
}

/** Whether the server's words say to sign in: they name the terminal's way. */
export function asksToSignIn(message: string): boolean {
    return message.includes("`exposure-lens login");
}

/** The first page of a site that is named by any of its pages. The page where tokens are made has
 * the user's own name in its address, so that only a person who is signed in there gets to it. */
export function homePage(address: string): string | undefined {
    const url = parse(address.includes("://") ? address : `https://${address}`);
    if (url?.protocol !== "https:" && url?.protocol !== "http:") {
        return undefined;
    }
    const [, site] = /^#\/site\/([^/?]+)/.exec(url.hash) ?? /^\/t\/([^/?]+)/.exec(url.pathname) ?? [];
    return `${url.origin}/#${site ? `/site/${site}` : ""}/home`;
}

function parse(address: string): URL | undefined {
    try {
        return new URL(address);
    } catch {
        return undefined;
    }
}

/** The sites among `all`, those to sign in to first. A snapshot has no address, and no account. */
export function toSignInTo(all: readonly SiteStatus[]): Site[] {
    const sites = all.filter((it): it is Site => it.address !== null);
    return [...sites.filter(wantsSignIn), ...sites.filter((it) => !wantsSignIn(it))];
}

/** The sites among `all` that the user has signed in to. */
export function toSignOutOf(all: readonly SiteStatus[]): Site[] {
    return toSignInTo(all).filter((it) => !isSignedOut(it));
}

/** Phase, age and count in one line: `fresh · 214 workbooks · 2 h ago`. */
export function summary(site: SiteStatus, now: number): string {
    const parts = [site.phase.replaceAll("_", " ")];
    if (site.fetchedAt !== null) {
        parts.push(site.workbooks === 1 ? "1 workbook" : `${site.workbooks} workbooks`);
        parts.push(ago(now - Date.parse(site.fetchedAt)));
    }
    return parts.join(" · ");
}

/** A line of the status, and the button beside it. */
export interface Row {
    readonly text: string;
    readonly health: Health;
    readonly busy: boolean;
    readonly button?: Button;
}

/** One of the extension's commands. */
interface Button {
    readonly title: string;
    readonly command: string;
    readonly arguments: readonly unknown[];
}

const SHOW_LOGS: Button = { title: "Show Logs", command: "exposureLens.showLogs", arguments: [] };
const PULL: Button = { title: "Pull", command: "exposureLens.pull", arguments: [] };

/** VS Code wraps no line of a status, and a longer one hides its button. */
const MAX_TEXT = 64;

/** The status as lines: how the server is, what else it says, each site with its button. */
export function rows(status: Shown, now: number): Row[] {
    const { health, message, quiescent, detail, sites } = status;
    const main = { text: `Exposure Lens: ${message}`, health, busy: !quiescent, button: SHOW_LOGS };
    // What is said of a site stands in the site's own line.
    const others = (detail ?? "").split("\n").filter((it) => it && !sites.some(({ message }) => message === it));
    const more = others.map((text): Row => ({ text, health: "ok", busy: false }));
    return [main, ...more, ...sites.map((it) => siteRow(it, now))].map(fitted);
}

function siteRow(site: SiteStatus, now: number): Row {
    const row = {
        text: `${site.name}: ${summary(site, now)}`,
        health: site.message === null ? ("ok" as const) : ("warning" as const),
        busy: site.phase === "fetching",
    };
    if (row.busy) {
        return row;
    }
    if (wantsSignIn(site) && site.address !== null) {
        const button = { title: "Sign In", command: "exposureLens.signIn", arguments: [site.address] };
        return { ...row, button };
    }
    return { ...row, button: PULL };
}

function fitted(row: Row): Row {
    const text = row.text.length > MAX_TEXT ? `${row.text.slice(0, MAX_TEXT - 1).trimEnd()}…` : row.text;
    return { ...row, text: noIcons(noLinks(text)) };
}

/** All that is said, in full. */
export function wording({ message, detail, sites }: Shown): string {
    const lines = [message, detail, ...sites.map((it) => it.message)].filter((it) => it !== null);
    return [...new Set(lines.flatMap((it) => it.split("\n")))].join("\n");
}

function ago(milliseconds: number): string {
    const minutes = Math.floor(milliseconds / 60_000);
    if (!(minutes >= 1)) {
        return "just now";
    }
    if (minutes < 60) {
        return `${minutes} min ago`;
    }
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}
