const DAY = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
const THREE_DIGITS = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'));

// Of what is sent most is of one day, and a Date prints one in the time that the rest of a record's envelope takes.
let knownDay = Number.NaN;
let knownDate = '';

/** What `toISOString` of a Date answers, several times as fast for instants of one day. */
export function rfc3339(instant: number): string {
  const day = Math.floor(instant / DAY);
  if (day !== knownDay) {
    knownDate = new Date(day * DAY).toISOString().slice(0, -'00:00:00.000Z'.length);
    knownDay = day;
  }
  const time = instant - day * DAY;
  const seconds = Math.floor(time / 1000);
  const minutes = Math.floor(seconds / 60);
  const clock = `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}`;
  return `${knownDate}${clock}.${THREE_DIGITS[Math.floor(time % 1000)]}Z`;
}
