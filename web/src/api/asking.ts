/** What requests have in common. */
export type Query = Record<string, unknown>;
export const data = async <T>(asked: Promise<{ data?: unknown }>): Promise<T> => (await asked).data as T;
export const query = (values: Query): never => values as never; // properties of a collection are no part of the document
export const at = (flag_id: string): { flag_id: string } => ({ flag_id });
export const seen = (etag: string): { "If-Match": string } => ({ "If-Match": etag });
