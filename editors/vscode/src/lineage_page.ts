// The frame of the lineage page; webview/page.ts fills it. Nothing in it comes from a
// project, and it can load nothing but its own script and style.

import { randomBytes } from "node:crypto";

import * as vscode from "vscode";

/** Where its script and style are. */
export function pageFolder(extension: vscode.Uri): vscode.Uri {
    return vscode.Uri.joinPath(extension, "dist");
}

/** The page as HTML. */
export function pageOf(webview: vscode.Webview, extension: vscode.Uri): string {
    const nonce = randomBytes(16).toString("base64url");
    const file = (name: string): vscode.Uri =>
        webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(extension), name));
    const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Lineage</title>
<link rel="stylesheet" href="${file("lineage.css")}">
<script type="module" nonce="${nonce}" src="${file("lineage.js")}"></script>
</head>
<body data-vscode-context='{"preventDefaultContextMenuItems": true}'>
<header id="bar">
<h1 id="headline"></h1>
<div id="legend"></div>
<div id="zoom" role="group" aria-label="Zoom">
<button type="button" id="zoom-out" title="Zoom out (Ctrl+-)" aria-label="Zoom out">−</button>
<button type="button" id="zoom-in" title="Zoom in (Ctrl++)" aria-label="Zoom in">+</button>
<button type="button" id="zoom-fit" title="Show all of the graph">Fit</button>
</div>
</header>
<main>
<ul id="missing" aria-label="What is not known"></ul>
<div id="scroller"><div id="canvas" role="application" aria-roledescription="lineage graph" aria-describedby="keys"></div></div>
<p id="keys">Arrow keys walk · Enter opens · Shift+Enter redraws around it · Home leads to the current one · Esc to the editor</p>
<section id="note" aria-label="No graph"></section>
<p id="waiting">Looking for the lineage of the open file…</p>
</main>
<div id="live" class="unseen" role="status"></div>
</body>
</html>`;
}
