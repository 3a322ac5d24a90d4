// Signing in to Tableau and out of it: what is asked, and what is told. The program does
// it (account.ts); its store serves every editor and the terminal.

import * as vscode from "vscode";

import { type Outcome, login, logout, type Token } from "./account";
import type { Context, Running } from "./context";
import * as ext from "./lsp_ext";
import { homePage, type Site, summary, toSignInTo, toSignOutOf } from "./sites";
import { noIcons, noLinks } from "./text";

const TRY_AGAIN = "Try Again";
const ANOTHER = "Another Site…";

/** No address leads there by itself: it holds the user's name. */
const OPEN_TABLEAU = "Open Tableau in the browser, to make a token";
const MAKE_ONE = "To make one, open Tableau (button above): your picture > My Account Settings > Personal Access Tokens.";

/** Asks for a token, checks and keeps it, and has what it may see fetched. */
export async function signIn(ctx: Context, address?: string): Promise<void> {
    const running = await ctx.runningOrWarn();
    let site = running && (address ?? (await chooseSite("Sign in to Tableau", toSignInTo(ctx.status.current.sites))));
    let name = "";
    while (running && site) {
        const token = await askToken(site, name);
        const outcome = token && (await signInWith(running, site, token));
        if (!token || !outcome) {
            return;
        }
        ctx.log.info(`sign-in: ${outcome.message}`);
        if (outcome.ok) {
            tell(outcome);
            // The server sees a new credential by itself; one that replaces another it may not.
            return pull(ctx);
        }
        if ((await vscode.window.showErrorMessage(withNotes(outcome), TRY_AGAIN)) !== TRY_AGAIN) {
            return;
        }
        name = token.name;
        site = await askAddress("Sign in to Tableau", site);
    }
}

async function pull(ctx: Context): Promise<void> {
    const running = await ctx.running();
    if (running && !running.lacks.has(ext.pull.method)) {
        await running.client.sendRequest(ext.pull);
    }
}

/** Drops the credential for a site. */
export async function signOut(ctx: Context): Promise<void> {
    const running = await ctx.runningOrWarn();
    const sites = toSignOutOf(ctx.status.current.sites);
    const isMeant = running && (sites.length > 0 || (await wantsAnother()));
    const site = isMeant && (await chooseSite("Sign out of Tableau", sites));
    const outcome =
        site &&
        (await withProgress(`Signing out of ${site}`, (signal) => logout(running.program, site, signal)));
    if (outcome) {
        ctx.log.info(`sign-out: ${outcome.message}`);
        tell(outcome);
    }
}

/** A credential may be kept of a site that nothing here names. */
async function wantsAnother(): Promise<boolean> {
    const message = "You are signed in to no Tableau site that is read here.";
    return (await vscode.window.showInformationMessage(message, ANOTHER)) === ANOTHER;
}

/** One of the sites that the settings name, or any other. Nothing if dismissed. */
async function chooseSite(title: string, sites: readonly Site[]): Promise<string | undefined> {
    const known = sites.map((it) => ({
        label: noIcons(it.name),
        description: summary(it, Date.now()),
        detail: noIcons(it.address),
        address: it.address,
    }));
    if (known.length === 0) {
        return askAddress(title, "");
    }
    const items = [...known, { label: "Another site…", address: "" }];
    const chosen = await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true });
    return chosen?.address === "" ? askAddress(title, "") : chosen?.address;
}

async function askAddress(title: string, value: string): Promise<string | undefined> {
    const address = await vscode.window.showInputBox({
        title,
        value,
        prompt: "The address of the site, or of any page of it, as your browser shows it",
        placeHolder: "https://10ax.online.tableau.com/#/site/acme/home",
        ignoreFocusOut: true,
    });
    return address?.trim() || undefined;
}

/** The title names the site in full: it is where the secret goes, whoever named it. */
async function askToken(site: string, knownName: string): Promise<Token | undefined> {
    const title = `Sign in to ${site}`;
    const name = await askText({
        title,
        value: knownName,
        prompt: `Name of a personal access token. ${MAKE_ONE}`,
        page: homePage(site),
    });
    if (name === undefined) {
        return undefined;
    }
    const prompt = `Secret of ${name}; it goes to this site alone. ${MAKE_ONE}`;
    const secret = await askText({ title, value: "", prompt, password: true, page: homePage(site) });
    return secret === undefined ? undefined : { name, secret };
}

/** What is asked, and the page that helps to answer. */
interface Asked {
    readonly title: string;
    readonly value: string;
    readonly prompt: string;
    readonly password?: boolean;
    readonly page: string | undefined;
}

/** Like `showInputBox`, with a button that opens Tableau. Nothing if dismissed. */
async function askText({ title, value, prompt, password, page }: Asked): Promise<string | undefined> {
    const input = vscode.window.createInputBox();
    Object.assign(input, { title, value, prompt, password: password ?? false, ignoreFocusOut: true });
    input.buttons = page ? [{ iconPath: new vscode.ThemeIcon("link-external"), tooltip: OPEN_TABLEAU }] : [];
    const answer = await new Promise<string | undefined>((resolve) => {
        input.onDidTriggerButton(() => page && vscode.env.openExternal(vscode.Uri.parse(page)));
        input.onDidChangeValue(() => (input.validationMessage = undefined));
        input.onDidAccept(() => {
            const text = input.value.trim();
            input.validationMessage = notEmpty(text);
            if (text) {
                resolve(text);
            }
        });
        input.onDidHide(() => resolve(undefined));
        input.show();
    });
    input.dispose();
    return answer;
}

function notEmpty(text: string): string | undefined {
    return text.trim() === "" ? "A token has a name and a secret." : undefined;
}

function signInWith(running: Running, site: string, token: Token): Promise<Outcome | undefined> {
    return withProgress(`Signing in to ${site}`, (signal) => login(running.program, site, token, signal));
}

async function withProgress<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const location = vscode.ProgressLocation.Notification;
    return vscode.window.withProgress({ location, title: noLinks(title), cancellable: true }, (_, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        return task(abort.signal);
    });
}

function tell(outcome: Outcome): void {
    const show = outcome.ok ? vscode.window.showInformationMessage : vscode.window.showErrorMessage;
    void show(withNotes(outcome));
}

function withNotes({ message, notes }: Outcome): string {
    return noLinks([message, ...notes].join(" "));
}
