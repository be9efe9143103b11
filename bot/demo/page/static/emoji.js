// Short names to characters: the common ones. A name that is not here stays as it was written.

const NAMES = {
  "+1": "👍", "-1": "👎", "100": "💯", alarm_clock: "⏰", arrow_right: "➡️", arrows_counterclockwise: "🔄",
  ballot_box_with_check: "☑️", bangbang: "‼️", bell: "🔔", blue_heart: "💙", bookmark: "🔖", bug: "🐛",
  bulb: "💡", calendar: "📆", chart_with_upwards_trend: "📈", clipboard: "📋", clock1: "🕐", clock3: "🕒",
  construction: "🚧", double_vertical_bar: "⏸️", email: "✉️", envelope: "✉️", exclamation: "❗", eyes: "👀", file_folder: "📁",
  fire: "🔥", gear: "⚙️", green_heart: "💚", grey_question: "❔", heart: "❤️", heavy_check_mark: "✔️",
  heavy_multiplication_x: "✖️", hourglass: "⌛", hourglass_flowing_sand: "⏳", house: "🏠",
  information_source: "ℹ️", iphone: "📱", key: "🔑", large_blue_circle: "🔵", large_green_circle: "🟢",
  large_yellow_circle: "🟡", link: "🔗", lock: "🔒", mag: "🔍", mailbox: "📫", mega: "📣", memo: "📝",
  money_with_wings: "💸", no_bell: "🔕", no_entry: "⛔", no_entry_sign: "🚫", ok: "🆗", ok_hand: "👌",
  octagonal_sign: "🛑", outbox_tray: "📤", package: "📦", paperclip: "📎", pencil: "📝", pencil2: "✏️",
  phone: "☎️", point_down: "👇", point_right: "👉", pray: "🙏", pushpin: "📌", question: "❓",
  rainbow: "🌈", raised_hands: "🙌", recycle: "♻️", red_circle: "🔴", repeat: "🔁", robot_face: "🤖",
  rocket: "🚀", rotating_light: "🚨", shield: "🛡️", smile: "😄", sparkles: "✨", speech_balloon: "💬",
  star: "⭐", stopwatch: "⏱️", tada: "🎉", telephone_receiver: "📞", thinking_face: "🤔", thumbsdown: "👎",
  thumbsup: "👍", timer_clock: "⏲️", warning: "⚠️", wave: "👋", white_check_mark: "✅", white_circle: "⚪",
  wrench: "🔧", x: "❌", zap: "⚡",
};

export const CODE = /:([a-z0-9_+-]+):/g;

export function withEmoji(text) {
  return text.replace(CODE, (code, name) => NAMES[name] ?? code);
}

export function emoji(name) {
  return NAMES[name] ?? `:${name}:`;
}
