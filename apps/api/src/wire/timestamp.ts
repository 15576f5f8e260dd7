/** A time as Magnum writes it: seconds and an offset. Go clients refuse a time without one. */
export function timestamp(at: string): string;
export function timestamp(at: string | null): string | null;
export function timestamp(at: string | null): string | null {
  return at === null ? null : `${at.slice(0, 19)}+00:00`;
}
