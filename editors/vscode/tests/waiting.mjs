// Waiting as a person does: looking again until what is wanted is there.

/** How long anything may take before it counts as missing. */
export const PATIENCE_MS = 30_000;

/** How long a click or a key has until it is pressed again. */
export const CLICK_MS = 3_000;

const LOOK_MS = 100;

/**
 * Asks again until the answer is one.
 *
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} ask
 * @param {number} patience in milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, patience = PATIENCE_MS) {
    const deadline = Date.now() + patience;
    for (;;) {
        const answer = await ask();
        if (answer) {
            return answer;
        }
        if (Date.now() > deadline) {
            throw new Error(`waited ${patience / 1000} s in vain until ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
}

/**
 * Whether the answer comes to be one within the time of a click.
 *
 * @param {() => boolean | Promise<boolean>} ask
 */
export function soon(ask) {
    return until("it is so", ask, CLICK_MS).then(() => true, () => false);
}

/** VS Code writes no-break spaces into its lines. @param {string} text */
export function plain(text) {
    return text.replaceAll("\u00a0", " ").trim();
}
