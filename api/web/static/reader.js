// Reads tickets out of camera frames in a thread of its own, so that the page stays quick. A frame comes in as pixels;
// nothing of it is kept. Back go the text, if there is one, and how light the frame is (0 to 255).
importScripts(location.hash.slice(1)); // qr: the decoder, named by the page

const LOOK_MS = 60;      // for one look of ours: an old computer must not fall behind its camera
const BUILT_IN_MS = 300; // some browsers' own reader never answers; it is asked no more then

const greyOf = ({ data, width, height }) => {
  const grey = new Uint8Array(width * height * 1.5); // as YUV 4:2:0, of which the decoder reads the first plane
  for (let i = 0, at = 0; at < data.length; i++, at += 4) grey[i] = (data[at] + 2 * data[at + 1] + data[at + 2]) >> 2;
  return grey;
};

const lightOf = (grey, pixels) => {
  let sum = 0;
  for (let i = 0; i < pixels; i += 16) sum += grey[i];
  return sum * 16 / pixels;
};

// Each pixel with its neighbours on the right and below: the gaps between a small screen's pixels and the grain go.
const soften = (grey, width, height) => {
  const soft = new Uint8Array(grey.length), end = width * (height - 1) - 1;
  for (let i = 0; i < end; i++) soft[i] = (grey[i] + grey[i + 1] + grey[i + width] + grey[i + width + 1]) >> 2;
  return soft;
};

const look = (data, width, height) => {
  try {
    return qr.decodeQR({ data, width, height }, { format: "I420", timeLimit: LOOK_MS });
  } catch {
    return null; // how the decoder says that there is none
  }
};

const findBuiltIn = async () => {
  try {
    const known = await self.BarcodeDetector?.getSupportedFormats();
    return known?.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
};
let builtIn = findBuiltIn();

const silence = () => new Promise((_, reject) => setTimeout(reject, BUILT_IN_MS));

const askBuiltIn = async frame => {
  const reader = await builtIn;
  if (!reader) return null;
  try {
    const found = await Promise.race([reader.detect(new ImageData(frame.data, frame.width)), silence()]);
    return found[0]?.rawValue || null;
  } catch {
    builtIn = null;
    return null;
  }
};

onmessage = async ({ data: frame }) => {
  const { width, height } = frame, grey = greyOf(frame);
  const text = await askBuiltIn(frame) ?? look(grey, width, height) ?? look(soften(grey, width, height), width, height);
  postMessage({ text, light: lightOf(grey, width * height) });
};
