// The methods that LSP does not have. Mirrors server/exposure-lens/lsp/ext.rs: what
// changes there changes here, in the same commit. A test compares this with that file
// (without its own tests), so that neither is forgotten:
// ext.rs sha256 b1a03ab5eff4f8b8

import {
    NotificationType,
    type Position,
    RequestType,
    RequestType0,
    type TextDocumentIdentifier,
} from "vscode-languageclient/node";

/** `exposureLens/status`: how the server is, sent whenever that changes. */
export const status = new NotificationType<StatusParams>("exposureLens/status");

/** `exposureLens/usages`: what a list or a tree of usages needs, in the command line's JSON. */
export const usages = new RequestType<UsagesParams, unknown, void>("exposureLens/usages");

/** `exposureLens/pull`: fetches every site that the user has signed in to, and the team snapshot, now. */
export const pull = new RequestType0<PullResult, void>("exposureLens/pull");

/** `exposureLens/copy`: a text for the clipboard, sent to a client that says that it can: see clipboard.ts. */
export const copy = new NotificationType<CopyParams>("exposureLens/copy");

/** What is to be copied; also the argument of `exposureLens.copy`. */
export interface CopyParams {
    /** The text, in one line. */
    readonly text: string;
}

/** What is being fetched. */
export interface PullResult {
    /** How many sites and snapshots. */
    readonly fetching: number;
}

/** How the server is. */
export interface StatusParams {
    readonly health: Health;
    /** Whether nothing is being loaded any more. */
    readonly quiescent: boolean;
    /** One line. */
    readonly message: string;
    /** More lines, for whoever looks closer. */
    readonly detail: string | null;
    /** Each loaded project by itself. */
    readonly projects: readonly ProjectStatus[];
    /** Each Tableau site, and the team snapshot, that a project names. */
    readonly sites: readonly SiteStatus[];
    /** What the loaded projects take of memory. */
    readonly memory: MemoryStatus;
}

/** What the loaded projects take of memory. Those that nobody asks about are unloaded when
 * they would take more than the bound, and load again when they are asked for. */
export interface MemoryStatus {
    /** How many projects are loaded: those of `projects`. */
    readonly loaded: number;
    /** How many are known, loaded or not. */
    readonly known: number;
    /** How many bytes they take, by an estimate, rounded up. */
    readonly bytes: number;
    /** How many bytes they may take. */
    readonly bound: number;
}

/** How well. More values may come: read an unknown one as "ok". */
export type Health = "ok" | "warning" | "error";

/** What is known of one project. */
export interface ProjectStatus {
    /** Its folder. */
    readonly uri: string;
    /** Its name in `dbt_project.yml`. */
    readonly name: string;
    /** The manifest that answers are given from. */
    readonly manifest: ManifestStatus | null;
    /** How many workbooks are known. */
    readonly workbooks: number;
    /** What is wrong, with stable codes. */
    readonly problems: readonly ProblemStatus[];
}

/** What is known of one Tableau site, or of a team snapshot. */
export interface SiteStatus {
    /** What people call it: `acme on 10ax.online.tableau.com`. */
    readonly name: string;
    /** The site's address, to sign in to; `null` for a snapshot. */
    readonly address: string | null;
    /** `not_signed_in`, `never_fetched`, `failed`, `fresh`, `stale` or `fetching`; more words may come. */
    readonly phase: string;
    /** When what is known of it was fetched, in RFC 3339. */
    readonly fetchedAt: string | null;
    /** How many workbooks are known of it. */
    readonly workbooks: number;
    /** What keeps that from being all, or new, and what to do about it. */
    readonly message: string | null;
}

/** The manifest that answers are given from. */
export interface ManifestStatus {
    /** Its file, relative to the project. */
    readonly path: string;
    /** The version of dbt that wrote it. */
    readonly dbtVersion: string | null;
    /** When, in RFC 3339. */
    readonly generatedAt: string | null;
    /** How many models, seeds, snapshots and sources it has. */
    readonly nodes: number;
}

/** Something a person can act on. */
export interface ProblemStatus {
    /** Stable. */
    readonly code: string;
    /** One line. */
    readonly message: string;
}

/** Which usages are asked for. */
export interface UsagesParams {
    /** A document of the project; its nodes, when nothing narrower is said. */
    readonly textDocument?: TextDocumentIdentifier;
    /** A place in that document. */
    readonly position?: Position;
    /** The project's folder, when no document is given. */
    readonly project?: string;
    /** A node's `unique_id`. */
    readonly node?: string;
}

/** What a code action carries until it is chosen; also the argument of `exposureLens.write`. */
export interface ActionData {
    /** The project's folder. */
    readonly project: string;
    readonly write: Write;
}

/** What is to be written into exposures files. */
export type Write =
    /** The exposure of a workbook, or of one of its dashboards. */
    | { readonly what: "exposure"; readonly workbook: WorkbookKey; readonly dashboard: string | null }
    /** What is missing for everything that reads a node, by its `unique_id`. */
    | { readonly what: "all"; readonly node: string }
    /** What an exposure lacks in `depends_on`. */
    | { readonly what: "dependencies"; readonly exposure: string }
    /** A text of an exposure as Tableau has it: `label`, `url`, `description`, `owner.name` or `owner.email`. */
    | { readonly what: "text"; readonly exposure: string; readonly key: string }
    /** That an exposure is disabled; nothing more of it. */
    | { readonly what: "disabled" | "nothing"; readonly exposure: string };

/** What finds a workbook again, when the content was read anew meanwhile. */
export interface WorkbookKey {
    /** Its title. */
    readonly name: string;
    /** Its identity on the site. */
    readonly luid: string | null;
    /** Its file. */
    readonly file: string | null;
}

/** The server's commands behind lenses. The server announces its commands, so the client
 * library registers them: they must not be registered here too. */
export const LIST_DASHBOARDS = "exposureLens.listDashboards";
export const OPEN_DASHBOARD = "exposureLens.openDashboard";

/** The server's command that fetches every site now, and says so where there is none. */
export const PULL_NOW = "exposureLens.pullNow";

/** The argument of the commands that accept the name rules proposed for a project. */
export interface ProjectArgument {
    /** The project's folder. */
    readonly project: string;
}

/** The server's commands that accept name rules: for the team, and for the user alone. */
export const ACCEPT_NAMES_FOR_TEAM = "exposureLens.acceptNamesForTeam";
export const ACCEPT_NAMES_FOR_ME = "exposureLens.acceptNamesForMe";
