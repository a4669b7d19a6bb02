/** Marks of severity: told apart by shape, not by colour alone. */
export const severityIcons = {
  info: 'info',
  low: 'circle-small-filled',
  medium: 'warning',
  high: 'error',
  critical: 'flame',
} as const;
