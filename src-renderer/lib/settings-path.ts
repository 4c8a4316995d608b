// Settings read and changed by path, without touching the object that they came in.

import { plainNumber } from './format.ts';
import type { FieldPath } from './training-fields.ts';

export type SettingValue = string | number | boolean | null | readonly number[];

type Plain = Readonly<Record<string, unknown>>;

export function readSetting(settings: object, [first, second]: FieldPath): SettingValue {
  const outer = (settings as Plain)[first];
  return (second === undefined ? outer : (outer as Plain)[second]) as SettingValue;
}

export function withSetting<S extends object>(
  settings: S,
  [first, second]: FieldPath,
  value: SettingValue,
): S {
  if (second === undefined) return { ...settings, [first]: value };
  const outer = (settings as Plain)[first] as Plain;
  return { ...settings, [first]: { ...outer, [second]: value } };
}

export function isSameSetting(left: SettingValue, right: SettingValue): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** As it stands in a field or beside it: `0.05`, `on`, `21, 28, 32`. */
export function showSetting(value: SettingValue): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return plainNumber(value);
  return Array.isArray(value) ? value.join(', ') || 'never' : String(value);
}
