// Dotted names to nested objects. Apart from config.ts so that it can be tested without
// an editor.

/** `[["lens.zero", false]]` becomes `{lens: {zero: false}}`. */
export function nest(flat: readonly (readonly [string, unknown])[]): Record<string, unknown> {
    const root: Record<string, unknown> = {};
    for (const [name, value] of flat) {
        const parts = name.split(".");
        const last = parts.pop() ?? name;
        let at = root;
        for (const part of parts) {
            at = child(at, part);
        }
        at[last] = value;
    }
    return root;
}

function child(parent: Record<string, unknown>, name: string): Record<string, unknown> {
    const there = parent[name];
    if (typeof there === "object" && there !== null) {
        return there as Record<string, unknown>;
    }
    const made: Record<string, unknown> = {};
    parent[name] = made;
    return made;
}
