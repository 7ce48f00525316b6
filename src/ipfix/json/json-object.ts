/** An object as a line of JSON holds it. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values at `path`, a key for each level, as plain texts; lists on the way are gone through. */
export function valuesAt(value: unknown, path: readonly string[]): string[] {
  let found: unknown[] = [value];
  for (const key of path) {
    found = found.flatMap((each) => {
      const inside = isObject(each) ? each[key] : undefined;
      return inside ?? [];
    });
  }
  return found.map((each) =>
    typeof each === 'object' ? JSON.stringify(each) : String(each as string | number | boolean),
  );
}

/** The objects in the list `key`; none when there is no such list. */
export function listOf(object: JsonObject, key: string): JsonObject[] {
  const list = object[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The object under `key`; null when there is none. */
export function objectOf(object: JsonObject, key: string): JsonObject | null {
  const value = object[key];
  return isObject(value) ? value : null;
}

/** A text or number as text, `''` when it is neither. */
export function textOf(object: JsonObject | null, key: string): string {
  const value = object?.[key];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
