/** PNG with a palette: of what is mostly plain surfaces a third of the bytes. https://www.w3.org/TR/png-3/ */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;
const BITS = 8;
const BY_PALETTE = 3;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Four bytes each, opaque. */
  readonly rgba: Buffer;
}

/** Colours that are nearer than this to another need no place of their own: a few pixels in one of their own do. */
const NEAR = 8 ** 2;

/** The most frequent colours as they are, the others as the nearest of those. */
export function palettePng({ width, height, rgba }: Pixels): Buffer {
  const colours = new Uint32Array(width * height);
  const counts = new Map<number, number>();
  for (let pixel = 0; pixel < colours.length; pixel++) {
    const colour = rgba.readUIntBE(pixel * 4, 3);
    colours[pixel] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette: number[] = [];
  for (const [colour] of [...counts].toSorted(([, one], [, other]) => other - one)) {
    if (palette.length < COLOURS && nearest(palette, colour).distance > NEAR) palette.push(colour);
  }
  const places = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour).place]));
  // Each line begins with the filter that it went through: none.
  const lines = Buffer.alloc((width + 1) * height);
  for (const [pixel, colour] of colours.entries())
    lines[pixel + Math.floor(pixel / width) + 1] = places.get(colour) ?? 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([BITS, BY_PALETTE], 8);
  const entries = Buffer.from(palette.flatMap(channels));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', entries),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nearest(palette: readonly number[], colour: number): { readonly place: number; readonly distance: number } {
  const [red = 0, green = 0, blue = 0] = channels(colour);
  let place = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, other] of palette.entries()) {
    const distance = (red - (other >> 16)) ** 2 + (green - ((other >> 8) & 255)) ** 2 + (blue - (other & 255)) ** 2;
    if (distance >= least) continue;
    [place, least] = [index, distance];
  }
  return { place, distance: least };
}

function channels(colour: number): readonly number[] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
