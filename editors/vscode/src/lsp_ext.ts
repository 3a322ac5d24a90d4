// The methods that LSP does not have. Mirrors server/exposure-lens/lsp/ext.rs and its modules:
// what changes there changes here, in the same commit. A test compares this with those files
// (without their own tests), so that neither is forgotten:
// ext.rs sha256 bf20247210855495

import {
    type Location,
    NotificationType,
    NotificationType0,
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

/** `exposureLens/changed`: answers may be others now. Sent to a client that says that it wants it. */
export const changed = new NotificationType0("exposureLens/changed");

/** `exposureLens/downstream`: what uses a node, or a whole project, as a tree. Null without a project. */
export const downstream = new RequestType<DownstreamParams, Downstream | null, void>("exposureLens/downstream");

/** `exposureLens/lineage`: the graph around a node, from sources to dashboards. Null without such a node. */
export const lineage = new RequestType<LineageParams, LineageGraph | null, void>("exposureLens/lineage");

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

/** What a tree is asked for: of a node, of what stands at a place in a document, of all that a
 * document defines, or, when only a project is named, of the whole project. */
export interface DownstreamParams {
    /** A document of the project. */
    readonly textDocument?: TextDocumentIdentifier;
    /** A place in that document: the node there (that of a `ref()` too), else the last one
     * above it, else the first. */
    readonly position?: Position;
    /** The project's folder, when no document is given. */
    readonly project?: string;
    /** A node's `unique_id`, of that project. */
    readonly node?: string;
    readonly order?: Order;
    /** Only what has this text in a name, an owner's too; case does not matter. */
    readonly filter?: string;
}

/** By name: sites, then Tableau projects, workbooks and dashboards. By views: workbooks alone
 * at the top, the most viewed first. */
export type Order = "name" | "views";

/** What uses a node, or a whole project, as a tree. */
export interface Downstream {
    readonly version: number;
    readonly project: ProjectName;
    /** What was asked about: no node for a whole project, and for a document that defines
     * none, of which the headline says so; several for a properties file. */
    readonly subjects: readonly SubjectNode[];
    /** The lens's words without `Tableau: `, or the project's totals. */
    readonly headline: string;
    /** Whether an empty tree is a zero. */
    readonly complete: boolean;
    /** What is not known, a line each. */
    readonly missing: readonly string[];
    /** Whether there is any Tableau content to look into. */
    readonly hasContent: boolean;
    readonly items: readonly TreeItem[];
    /** How many workbooks were left out, since no client shows so many: filter. */
    readonly leftOut: number;
}

/** A dbt project. */
export interface ProjectName {
    /** Its folder. */
    readonly uri: string;
    /** Its name in `dbt_project.yml`. */
    readonly name: string;
}

/** A node of dbt's. */
export interface SubjectNode {
    /** Its `unique_id`. */
    readonly id: string;
    /** As people call it: `fct_orders`, `crm.accounts`, `dim_x.v2`. */
    readonly label: string;
    /** Where it is written. */
    readonly location: Location | null;
}

/** A row of a tree. All its texts are plain: controls are escaped, nothing is markup. */
export interface TreeItem {
    /** Unique in the tree, and the same whenever the same thing is shown. Of a `node` it is
     * the `unique_id`. */
    readonly id: string;
    /** `node`, `site`, `files`, `project` (of Tableau), `workbook`, `dashboard`, `sheet` or
     * `datasource`; more words may come. */
    readonly kind: string;
    readonly label: string;
    /** What stands beside the name, in grey: counts, views. */
    readonly description: string | null;
    /** More lines: owner, project path, how it was matched, its exposure. */
    readonly tooltip: readonly string[];
    /** Its page, if it is known and safe to open. */
    readonly url: string | null;
    /** How often it was viewed: recently where that is known, else ever. */
    readonly views: number | null;
    /** Whether it, or something below it, reads the node's own relation, and not one further
     * down; always true in a whole project's tree. */
    readonly direct: boolean;
    readonly exposure: ExposureAt | null;
    /** What writes the exposure that is missing: an argument of `exposureLens.write`. */
    readonly write: ActionData | null;
    readonly children: readonly TreeItem[];
}

/** An exposure, and where it is written. */
export interface ExposureAt {
    readonly name: string;
    /** Its entry, if its file is known. */
    readonly location: Location | null;
}

/** Which graph is asked for: around a node, or around what stands in a document. */
export interface LineageParams {
    /** A document of the project. */
    readonly textDocument?: TextDocumentIdentifier;
    /** A place in that document: the node there, else the last one above it, else the first. */
    readonly position?: Position;
    /** The project's folder, when no document is given. */
    readonly project?: string;
    /** A node's `unique_id`, of that project. */
    readonly node?: string;
    /** The ids of nodes whose neighbours are wanted whole, though they were left out before. */
    readonly expand?: readonly string[];
}

/** A graph. It is bounded: what is left out is counted at the node where it begins. */
export interface LineageGraph {
    readonly version: number;
    readonly project: ProjectName;
    /** The id of the node it is drawn around. */
    readonly center: string;
    /** The lens's words without `Tableau: `. */
    readonly headline: string;
    /** Whether no dashboard means none. */
    readonly complete: boolean;
    /** What is not known, a line each. */
    readonly missing: readonly string[];
    /** What is in it, in an order that stays. */
    readonly nodes: readonly GraphNode[];
    /** Who reads whom. */
    readonly edges: readonly GraphEdge[];
}

/** Something that reads or is read. All its texts are plain. */
export interface GraphNode {
    /** Unique in the graph: a `unique_id` for dbt's, and the same whenever it is asked again. */
    readonly id: string;
    /** `source`, `seed`, `snapshot`, `model`, `datasource`, `workbook` or `dashboard`; more
     * words may come. */
    readonly kind: string;
    readonly label: string;
    /** A second line: the workbook's Tableau project, views, the kind of match. */
    readonly detail: string | null;
    /** Whether it lies on a way that is not sure: matched by name alone, or by a rule that
     * nobody has accepted. */
    readonly probable: boolean;
    /** Where it is written, for dbt's. */
    readonly location: Location | null;
    /** Its page, for Tableau's, if it is known and safe to open. */
    readonly url: string | null;
    /** How many that it reads were left out. */
    readonly moreUpstream: number;
    /** How many that read it were left out. */
    readonly moreDownstream: number;
}

/** One reads the other. */
export interface GraphEdge {
    /** What is read. */
    readonly from: string;
    /** What reads it. */
    readonly to: string;
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
    /** Every exposure that is missing in the project. */
    | { readonly what: "missing" }
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

/** The server's command that writes into exposures files; its argument is an `ActionData`. */
export const WRITE = "exposureLens.write";

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
