/** A whole number as people read it, `1234567` as `1,234,567`; `toLocaleString` would load the tables of all languages first. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
