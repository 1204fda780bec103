/** A text of names, by spaces. */
const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * Scripts of Omniglot's 50 alphabets and those near to them, such as their parents, by their names in Unicode. What learns from the
 * letters of all others is tested on Omniglot by alphabets that it has not seen.
 */
export const omniglotScripts = names(`
  Arabic Armenian Avestan Balinese Bengali Bopomofo Braille Buhid Canadian_Aboriginal Carian Cherokee Chorasmian Coptic Cyrillic
  Devanagari Dogra Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran
  Hebrew Hiragana Imperial_Aramaic Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Khojki Khudawadi Latin Lisu
  Lycian Lydian Mahajani Malayalam Mandaic Manichaean Marchen Meetei_Mayek Modi Mongolian Multani Myanmar Nabataean Nandinagari Newa Nko
  Old_Italic Old_North_Arabian Old_Sogdian Old_Uyghur Oriya Palmyrene Phoenician Psalter_Pahlavi Runic Samaritan Sharada Siddham Sogdian Syloti_Nagri
  Syriac Tagalog Tagbanwa Takri Tibetan Tifinagh Tirhuta
`);

/** Scripts of pictures, or of signs with too many strokes for a hand that draws letters. */
export const pictureScripts = names(
  'Anatolian_Hieroglyphs Cuneiform Egyptian_Hieroglyphs Nushu SignWriting Tangut',
);

/** All other scripts of Unicode 15. */
export const otherScripts = names(`
  Adlam Ahom Bamum Bassa_Vah Batak Bhaiksuki Brahmi Buginese Caucasian_Albanian Chakma Cham Cypriot Cypro_Minoan Deseret Dives_Akuru
  Duployan Gunjala_Gondi Hanifi_Rohingya Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Lao Lepcha Limbu Linear_A Linear_B
  Makasar Masaram_Gondi Medefaidrin Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Mro Nag_Mundari New_Tai_Lue
  Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Permic Old_Persian Old_South_Arabian Old_Turkic Osage Osmanya Pahawh_Hmong
  Pau_Cin_Hau Phags_Pa Rejang Saurashtra Shavian Sinhala Sora_Sompeng Soyombo Sundanese Tai_Le Tai_Tham Tai_Viet Tamil
  Tangsa Telugu Thaana Thai Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square
`);
