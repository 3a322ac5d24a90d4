// What this client can do that LSP has no words for. The server sends texts to copy, lists to
// choose from and word of changed answers only to a client that says so.

import type { ClientCapabilities, FeatureState, StaticFeature } from "vscode-languageclient/node";

const ABILITIES = { copy: true, changed: true, picker: true };

/** Says it at the start. */
export const abilities: StaticFeature = {
    fillClientCapabilities: (capabilities: ClientCapabilities): void => {
        capabilities.experimental = { ...capabilities.experimental, exposureLens: ABILITIES };
    },
    initialize: (): void => undefined,
    getState: (): FeatureState => ({ kind: "static" }),
    clear: (): void => undefined,
};
