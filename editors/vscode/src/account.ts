// Runs the program's `login` and `logout`, which own the one store of credentials. A token
// goes to the program's stdin and nowhere else: no argument, setting, log or message of the
// protocol holds it. Free of VS Code, so that a test can run it.

import { execFile } from "node:child_process";

import { sentence } from "./text";

/** A personal access token. */
export interface Token {
    readonly name: string;
    readonly secret: string;
}

/** What became of it, for the user. */
export interface Outcome {
    readonly ok: boolean;
    /** What has happened; of a failure also what to do about it. */
    readonly message: string;
    /** What is to be known besides. */
    readonly notes: readonly string[];
}

/** How the program ended. */
export interface Said {
    /** Its exit code; `undefined` where it has none, and then why is in `stderr`. */
    readonly code: number | undefined;
    readonly stdout: string;
    readonly stderr: string;
}

/** Checks a token by signing in to the site at `url`, and keeps it. Nothing if cancelled. */
export async function login(
    program: string,
    url: string,
    token: Token,
    signal: AbortSignal,
): Promise<Outcome | undefined> {
    const args = ["login", "--stdin", "--format", "json", "--", url];
    const said = await run(program, args, JSON.stringify(token), signal);
    return said && loginOutcome(said);
}

/** Drops the credential for the site at `url`, and all that is kept of it. */
export async function logout(
    program: string,
    url: string,
    signal: AbortSignal,
): Promise<Outcome | undefined> {
    const said = await run(program, ["logout", "--format", "json", "--", url], "", signal);
    return said && logoutOutcome(said);
}

function run(
    program: string,
    args: readonly string[],
    input: string,
    signal: AbortSignal,
): Promise<Said | undefined> {
    return new Promise((resolve) => {
        const child = execFile(program, args, { signal, windowsHide: true }, (error, stdout, stderr) => {
            if (signal.aborted) {
                resolve(undefined);
            } else if (!error) {
                resolve({ code: 0, stdout, stderr });
            } else if (typeof error.code === "number") {
                resolve({ code: error.code, stdout, stderr });
            } else {
                resolve({ code: undefined, stdout, stderr: `error: ${error.message}` });
            }
        });
        // A program that ends before it has read all says why by itself.
        child.stdin?.on("error", () => undefined);
        child.stdin?.end(input);
    });
}

interface Problem {
    readonly code: string;
    readonly message: string;
}

/** The answers of both, as server/docs/command-line.md has them. */
interface Answer {
    readonly version: number;
    readonly site: { readonly url: string };
    readonly problems: readonly Problem[];
}

interface LoginAnswer extends Answer {
    readonly signed_in: boolean;
    readonly user: { readonly name: string | null; readonly role: string | null } | null;
    readonly kept: string | null;
    readonly file: string | null;
}

interface LogoutAnswer extends Answer {
    readonly removed: boolean;
}

/** What `login` said, in words. */
export function loginOutcome(said: Said): Outcome {
    const answer = parse<LoginAnswer>(said);
    if (!answer) {
        return wrongUse(said);
    }
    const site = answer.site.url;
    const [why, ...others] = answer.problems.map((it) => sentence(it.message));
    if (!answer.signed_in) {
        return { ok: false, message: why ?? `${site} was not signed in to.`, notes: others };
    }
    const message = `Signed in to ${site}${asWhom(answer)}. The token is kept in ${place(answer)}.`;
    return { ok: true, message, notes: why ? [why, ...others] : [] };
}

function asWhom({ user }: LoginAnswer): string {
    const role = user?.role ? ` (${user.role})` : "";
    return user?.name ? ` as ${user.name}${role}` : "";
}

function place({ kept, file }: LoginAnswer): string {
    return kept === "keyring" ? "the system's keyring" : `${file ?? kept}, which only you can read`;
}

/** What `logout` said, in words. */
export function logoutOutcome(said: Said): Outcome {
    const answer = parse<LogoutAnswer>(said);
    if (!answer) {
        return wrongUse(said);
    }
    const site = answer.site.url;
    const notes = answer.problems.map((it) => sentence(it.message));
    if (said.code !== 0) {
        return { ok: false, message: `Not all of ${site} could be removed.`, notes };
    }
    const message = answer.removed
        ? `Signed out of ${site}: credential, session and content are gone.`
        : `There was no credential for ${site}.`;
    return { ok: true, message, notes };
}

function parse<T extends Answer>(said: Said): T | undefined {
    try {
        return JSON.parse(said.stdout) as T;
    } catch {
        return undefined;
    }
}

/** Wrong use is told on stderr, after lines of the log. */
function wrongUse({ code, stderr }: Said): Outcome {
    const [, said] = /^error: ([^]+)/m.exec(stderr) ?? [];
    const reason = said?.trim().replace(/\s+/g, " ") ?? `the program ended with ${code}: ${stderr.trim()}`;
    return { ok: false, message: sentence(reason), notes: [] };
}
