// Packages the extension for one system, with the server's program inside.
//
//   npm run package                            for this machine, program from ../../target/release
//   npm run package -- --target win32-x64 --server path/to/exposure-lens.exe
//   npm run package -- --out some.vsix
//   npm run package -- --licences FILE         with the licences of the program's crates
//
// The targets are VS Code's names in platforms.mjs; a program that is built for another
// system is refused. Needs no network.

import { execFileSync } from "node:child_process";
import {
    chmodSync,
    copyFileSync,
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { mismatch } from "./platforms.mjs";

const extension = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const root = path.resolve(extension, "../..");

const { values } = parseArgs({
    options: {
        target: { type: "string", default: `${process.platform}-${process.arch}` },
        server: { type: "string" },
        licences: { type: "string" },
        out: { type: "string" },
    },
});
// On Windows npm and vsce are scripts, which only a shell starts.
const isScript = process.platform === "win32";
const program = values.target.startsWith("win32") ? "exposure-lens.exe" : "exposure-lens";

// Where cargo has put it.
const built = path.resolve(root, process.env["CARGO_TARGET_DIR"] ?? "target", "release", program);
bundleServer(path.resolve(values.server ?? built));
run("npm", ["run", "--silent", "build"]);
writeLicences();
requireAllThatIsNamed();
const out = path.resolve(values.out ?? path.join(extension, `exposure-lens-${values.target}.vsix`));
// The bundle holds all that is needed of node_modules.
run("vsce", ["package", "--target", values.target, "--no-dependencies", ...whereThePageIs(), "--out", out]);

/** @param {string} server */
function bundleServer(server) {
    if (!existsSync(server)) {
        fail(`no server at ${server}: run \`cargo build --release\`, or name one with --server`);
    }
    const reason = mismatch(values.target, readFileSync(server));
    if (reason !== null) {
        fail(`cannot package ${server} for ${values.target}: ${reason}`);
    }
    const folder = path.join(extension, "bundled");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    copyFileSync(server, path.join(folder, program));
    chmodSync(path.join(folder, program), 0o755);
}

/** The project's two licences, and those of the packages in the bundle. */
function writeLicences() {
    const own = ["LICENSE-MIT", "LICENSE-APACHE"].map((name) => readFileSync(path.join(root, name), "utf8"));
    const heading = "Exposure Lens is under the MIT licence or the Apache License 2.0, as you choose.";
    writeFileSync(path.join(extension, "LICENSE.txt"), [heading, ...own].join("\n\n"));
    const others = runtimePackages().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
        const file = readdirSync(folder).find((it) => /^licen[cs]e/i.test(it));
        const text = file ? readFileSync(path.join(folder, file), "utf8") : "";
        return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    });
    const notices = ["The extension holds parts of these packages.", ...others];
    // Made by .github/release/licences, for a release.
    if (values.licences) notices.push(readFileSync(values.licences, "utf8"));
    writeFileSync(path.join(extension, "ThirdPartyNotices.txt"), notices.join("\n---\n\n"));
}

/** The packages that are not for development alone: what the bundles are made from. */
function runtimePackages() {
    const folders = output("npm", ["ls", "--omit=dev", "--all", "--parseable"]).split(/\r?\n/);
    return folders.filter((it) => it.includes("node_modules")).sort();
}

/** What package.json names (entry, icons, pictures) is in the package, or is not packaged. */
function requireAllThatIsNamed() {
    const packed = new Set(output("vsce", ["ls", "--no-dependencies"]).split(/\r?\n/));
    const manifest = readFileSync(path.join(extension, "package.json"), "utf8");
    const named = [...manifest.matchAll(/": "(?:\.\/)?((?:dist|images|bundled)\/[^"*]+)"/g)].map((it) => it[1] ?? "");
    const absent = named.filter((it) => !packed.has(it));
    if (absent.length > 0) {
        fail(`package.json names what .vscodeignore leaves out, or what is not there: ${absent.join(", ")}`);
    }
}

/** Where README.md and its pictures lie once they are read elsewhere: vsce takes no heed of the folder. */
function whereThePageIs() {
    const { repository, version } = JSON.parse(readFileSync(path.join(extension, "package.json"), "utf8"));
    const at = (/** @type {string} */ kind) => `${repository.url}/${kind}/v${version}/${repository.directory}`;
    return ["--baseContentUrl", at("blob"), "--baseImagesUrl", at("raw")];
}

/** @param {string} reason */
function fail(reason) {
    console.error(reason);
    process.exit(1);
}

/**
 * Runs npm, or a program of our packages.
 *
 * @param {string} tool
 * @param {string[]} args
 */
function run(tool, args) {
    execFileSync(...command(tool, args), { cwd: extension, stdio: "inherit", shell: isScript });
}

/**
 * What it prints.
 *
 * @param {string} tool
 * @param {string[]} args
 */
function output(tool, args) {
    const options = { cwd: extension, encoding: /** @type {const} */ ("utf8"), shell: isScript };
    return execFileSync(...command(tool, args), options);
}

/**
 * @param {string} tool
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
function command(tool, args) {
    return [tool === "npm" ? tool : path.join(extension, "node_modules", ".bin", tool), args];
}
