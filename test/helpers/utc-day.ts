const dayMs = 86_400_000;

/** What is counted by the day is counted anew at 00:00 UTC: shortly before that, waits until it is past. */
export async function untilDayHasRoom(neededMs = 30_000): Promise<void> {
  const leftMs = dayMs - (Date.now() % dayMs);
  if (leftMs < neededMs) await new Promise((resolve) => setTimeout(resolve, leftMs + 100));
}
