// Questions that got no answer, for a reason that is no fault of the question's.

import { CancellationError } from "vscode";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageclient/node";

const LINE_FAULTS: readonly number[] = [
    ErrorCodes.MessageWriteError,
    ErrorCodes.MessageReadError,
    ErrorCodes.PendingResponseRejected,
    ErrorCodes.ConnectionInactive,
];

const CANCELLED: readonly number[] = [
    LSPErrorCodes.RequestCancelled,
    LSPErrorCodes.ServerCancelled,
    LSPErrorCodes.ContentModified,
];

/** Whether the server was gone, or went before it had answered. */
export function isLineGone(error: unknown): boolean {
    return error instanceof ResponseError && LINE_FAULTS.includes(error.code);
}

/**
 * Whether there is nothing to tell of it. A server that is gone is told by its status, and
 * what was overtaken is asked again: both have views asked for anew.
 */
export function isUnanswered(error: unknown): boolean {
    const isCancelled = error instanceof ResponseError && CANCELLED.includes(error.code);
    return error instanceof CancellationError || isCancelled || isLineGone(error);
}
