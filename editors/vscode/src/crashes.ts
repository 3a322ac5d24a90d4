// What is done when the server ends by itself: it is started again, and the user is told
// once; a server that does not stay up is left alone. Pure: the time is passed in.

/** In this time so many ends are too many. */
const WINDOW_MS = 3 * 60_000;
const MAX_RESTARTS = 4;

/** What is done about an end. */
interface Decision {
    readonly restarts: boolean;
    /** Whether the user hears of it: of the first of several, and of the last. */
    readonly tells: boolean;
}

/** The ends of one server. */
export class Crashes {
    private times: number[] = [];

    /** It has ended. */
    ended(now: number): Decision {
        this.times = [...this.times.filter((it) => now - it < WINDOW_MS), now];
        const restarts = this.times.length <= MAX_RESTARTS;
        return { restarts, tells: this.times.length === 1 || !restarts };
    }
}
