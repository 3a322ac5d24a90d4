// Tableau's sites as the server's status tells of them, in words. Free of VS Code, so that
// a test can read them.

import type { SiteStatus, StatusParams } from "./lsp_ext";

/** A site that the user can sign in to or out of. */
export type Site = SiteStatus & { readonly address: string };

/** Whether the user has to sign in before anything is known of it. */
export function isSignedOut(site: SiteStatus): boolean {
    return site.phase === "not_signed_in";
}

/** The sites among `all`, those to sign in to first. A snapshot has no address, and no account. */
export function toSignInTo(all: readonly SiteStatus[]): Site[] {
    const sites = all.filter((it): it is Site => it.address !== null);
    return [...sites.filter(isSignedOut), ...sites.filter((it) => !isSignedOut(it))];
}

/** The sites among `all` that the user has signed in to. */
export function toSignOutOf(all: readonly SiteStatus[]): Site[] {
    return toSignInTo(all).filter((it) => !isSignedOut(it));
}

/** Phase, age and count in one line: `fresh · 214 workbooks · fetched 2 h ago`. */
export function summary(site: SiteStatus, now: number): string {
    const parts = [site.phase.replaceAll("_", " ")];
    if (site.fetchedAt !== null) {
        parts.push(site.workbooks === 1 ? "1 workbook" : `${site.workbooks} workbooks`);
        parts.push(`fetched ${ago(now - Date.parse(site.fetchedAt))}`);
    }
    return parts.join(" · ");
}

type Told = Pick<StatusParams, "message" | "detail" | "sites">;

/** What the status says at length: its own lines, then each site with its message. */
export function details({ message, detail, sites }: Told, now: number): string {
    const own = [message, detail ?? ""].join("\n");
    const lines = sites.flatMap((it) => {
        const line = `${it.name}: ${summary(it, now)}`;
        return it.message === null || own.includes(it.message) ? [line] : [line, it.message];
    });
    return [...(detail ? [detail] : []), ...lines].map(noLinks).join("\n");
}

/** VS Code makes links of `[…](…)`, commands too; a repository has a say in names. */
export function noLinks(text: string): string {
    return text.replaceAll("](", "] (");
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
