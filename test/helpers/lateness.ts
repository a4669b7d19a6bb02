const beatMs = 5;

/** By how many milliseconds this process's timers come late, from now until `stop`. Less than a beat is no lateness. */
export function lateness(): { stop(): number } {
  let total = 0;
  let last = performance.now();
  const count = (): void => {
    const now = performance.now();
    const lateMs = now - last - beatMs;
    if (lateMs > beatMs) total += lateMs;
    last = now;
  };
  const beat = setInterval(count, beatMs);
  return {
    stop: () => {
      clearInterval(beat);
      count();
      return total;
    },
  };
}
