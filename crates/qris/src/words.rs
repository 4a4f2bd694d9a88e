//! The codes, levels and sentences of the rules.

use crate::{Level, Rule};

/// A rule's code, level and sentences.
pub(crate) struct Words {
    pub(crate) rule: Rule,
    pub(crate) code: &'static str,
    pub(crate) level: Level,
    pub(crate) english: &'static str,
    pub(crate) indonesian: &'static str,
}

const fn error(rule: Rule, code: &'static str, english: &'static str, indonesian: &'static str) -> Words {
    Words { rule, code, level: Level::Error, english, indonesian }
}

const fn warning(rule: Rule, code: &'static str, english: &'static str, indonesian: &'static str) -> Words {
    Words { rule, code, level: Level::Warning, english, indonesian }
}

const fn note(rule: Rule, code: &'static str, english: &'static str, indonesian: &'static str) -> Words {
    Words { rule, code, level: Level::Note, english, indonesian }
}

/// The words of each rule, in the rules' order.
pub(crate) const WORDS: &[Words] = &[
    warning(
        Rule::TextByteOrderMark,
        "text.byte_order_mark",
        "a byte order mark is before the payload; it was left out",
        "ada byte order mark di depan payload; tanda itu tidak dibaca",
    ),
    warning(
        Rule::TextWhiteSpace,
        "text.white_space",
        "there is white space around the payload; it was left out",
        "ada spasi atau baris baru di sekitar payload; itu tidak dibaca",
    ),
    warning(
        Rule::TextInvisible,
        "text.invisible",
        "there is an invisible character beside the payload; it was left out",
        "ada karakter tak terlihat di samping payload; itu tidak dibaca",
    ),
    warning(
        Rule::TextQuotes,
        "text.quotes",
        "there are quotes or other punctuation around the payload; they were left out",
        "ada tanda kutip atau tanda baca lain di sekitar payload; itu tidak dibaca",
    ),
    warning(
        Rule::TextLink,
        "text.link",
        "the text is a link that holds the payload; the payload was taken out of it",
        "teks ini sebuah tautan yang memuat payload; payload diambil dari tautan itu",
    ),
    error(
        Rule::TextAddress,
        "text.address",
        "this is a web address, and no payload is in it; open it, and copy the payload or the picture",
        "ini alamat web yang tidak memuat payload; buka alamat itu, lalu salin payload atau gambarnya",
    ),
    error(
        Rule::TextPicture,
        "text.picture",
        "this is a picture or the name of one, not the payload that its QR code holds",
        "ini gambar atau nama gambar, bukan payload yang dimuat kode QR-nya",
    ),
    error(
        Rule::TextConsumerPresented,
        "text.consumer_presented",
        "this is a consumer-presented code (CPM), which the payer shows and the merchant scans; it is no payload to be paid",
        "ini kode CPM (consumer-presented), yang ditunjukkan pembayar dan dipindai merchant; kode ini bukan payload untuk dibayar",
    ),
    error(
        Rule::TextLineBreak,
        "text.line_break",
        "there are line breaks in the payload; put it in one line",
        "ada baris baru di dalam payload; jadikan satu baris",
    ),
    error(
        Rule::TextHidden,
        "text.hidden",
        "there is an invisible character within the payload; copy the payload again from where it was made",
        "ada karakter tak terlihat di dalam payload; salin lagi payload dari sumbernya",
    ),
    error(
        Rule::PayloadTooLong,
        "payload.too_long",
        "the text is too long for a payload",
        "teks terlalu panjang untuk sebuah payload",
    ),
    warning(
        Rule::PayloadLong,
        "payload.long",
        "the payload has more than 512 characters",
        "payload lebih dari 512 karakter",
    ),
    error(
        Rule::PayloadFormat,
        "payload.format",
        "this does not begin with tag 00 = 01, as every payload does",
        "teks ini tidak diawali tag 00 = 01 seperti setiap payload",
    ),
    error(
        Rule::PayloadTruncated,
        "payload.truncated",
        "the payload ends too early: a part is missing, or a length is wrong",
        "payload berakhir terlalu awal: ada bagian yang hilang atau panjangnya salah",
    ),
    error(
        Rule::PayloadDigits,
        "payload.digits",
        "a tag or a length is not two digits: a part is missing, or a length is wrong",
        "tag atau panjang bukan dua digit: ada bagian yang hilang atau panjangnya salah",
    ),
    error(
        Rule::PayloadByteLengths,
        "payload.byte_lengths",
        "the lengths count bytes, and must count characters",
        "panjang dihitung per byte, padahal harus per karakter",
    ),
    error(Rule::TagRepeated, "tag.repeated", "the tag occurs twice", "tag muncul dua kali"),
    error(
        Rule::ChecksumPlace,
        "checksum.place",
        "the payload does not end with a checksum of four characters in tag 63",
        "payload tidak diakhiri checksum empat karakter di tag 63",
    ),
    error(
        Rule::ChecksumWrong,
        "checksum.wrong",
        "the checksum is wrong: the payload is damaged or was changed",
        "checksum salah: payload rusak atau telah diubah",
    ),
    warning(
        Rule::ChecksumLowerCase,
        "checksum.lower_case",
        "the checksum is right, but in lower case; apps may expect upper case",
        "checksum benar, tetapi memakai huruf kecil; aplikasi mungkin menuntut huruf besar",
    ),
    error(
        Rule::TagMissing,
        "tag.missing",
        "the tag is missing, which every payload must have",
        "tag yang wajib ada di setiap payload tidak ada",
    ),
    error(
        Rule::AccountMissing,
        "account.missing",
        "there is no account of a merchant, in the tags 02 to 51",
        "tidak ada rekening merchant di tag 02 sampai 51",
    ),
    error(
        Rule::TagLength,
        "tag.length",
        "the value is shorter or longer than the tag allows",
        "isi tag lebih pendek atau lebih panjang daripada yang diizinkan",
    ),
    warning(Rule::TagEmpty, "tag.empty", "the value is empty", "isi tag kosong"),
    warning(
        Rule::TagCharacters,
        "tag.characters",
        "the value has a character that the tag does not allow",
        "isi tag memuat karakter yang tidak diizinkan",
    ),
    error(
        Rule::InitiationValue,
        "initiation.value",
        "tag 01 must be 11 (static) or 12 (dynamic)",
        "tag 01 harus 11 (statis) atau 12 (dinamis)",
    ),
    error(
        Rule::CategoryForm,
        "category.form",
        "the merchant category must be four digits",
        "kategori merchant harus empat digit",
    ),
    error(Rule::CurrencyForm, "currency.form", "the currency must be three digits", "mata uang harus tiga digit"),
    error(
        Rule::CurrencyNotRupiah,
        "currency.not_rupiah",
        "the currency must be 360, rupiah, in Indonesia",
        "mata uang di Indonesia harus 360, rupiah",
    ),
    error(Rule::CountryForm, "country.form", "the country must be two capital letters", "negara harus dua huruf besar"),
    warning(
        Rule::CountryForeign,
        "country.foreign",
        "this is a payload of another country; apps for QRIS pay it only where both countries have agreed on it",
        "ini payload negara lain; aplikasi QRIS hanya dapat membayarnya jika kedua negara sudah bersepakat",
    ),
    error(
        Rule::AmountForm,
        "amount.form",
        "the amount must be digits, with at most one dot before the decimals, such as 10000 or 10000.00",
        "nominal harus berupa digit, dengan paling banyak satu titik sebelum desimal, misalnya 10000 atau 10000.00",
    ),
    error(
        Rule::AmountFraction,
        "amount.fraction",
        "the amount has a part of a rupiah, which nobody can pay",
        "nominal memuat pecahan rupiah yang tidak dapat dibayar",
    ),
    error(
        Rule::AmountZero,
        "amount.zero",
        "the amount is zero; leave it out if the payer is to type it in",
        "nominal nol; hilangkan jika pembayar yang mengisinya",
    ),
    error(
        Rule::TipIndicator,
        "tip.indicator",
        "tag 55 must be 01 (ask), 02 (a fixed fee) or 03 (a percentage)",
        "tag 55 harus 01 (ditanyakan), 02 (biaya tetap) atau 03 (persentase)",
    ),
    error(
        Rule::TipMissing,
        "tip.missing",
        "the fee that tag 55 announces is missing",
        "biaya yang diumumkan tag 55 tidak ada",
    ),
    error(
        Rule::TipOrphan,
        "tip.orphan",
        "there is a fee that tag 55 does not announce; an app may add it or leave it out",
        "ada biaya yang tidak diumumkan tag 55; aplikasi bisa menambahkan atau mengabaikannya",
    ),
    error(
        Rule::TipValue,
        "tip.value",
        "the fee must be an amount above zero or a percentage from 0.01 to 99.99",
        "biaya harus berupa nominal di atas nol atau persentase dari 0.01 sampai 99.99",
    ),
    note(
        Rule::AmountStatic,
        "amount.static",
        "the payload is static and states an amount, so that it can be paid more than once",
        "payload statis tetapi memuat nominal, sehingga bisa dibayar lebih dari sekali",
    ),
    note(
        Rule::AmountOpen,
        "amount.open",
        "the payload is dynamic and states no amount; the payer types it in",
        "payload dinamis tanpa nominal; pembayar yang mengisinya",
    ),
    warning(
        Rule::TemplateForm,
        "template.form",
        "the value must be made of sub-tags, each once, and is not",
        "isi tag harus terdiri atas sub-tag, masing-masing sekali, tetapi tidak",
    ),
    warning(
        Rule::TemplateIdentifier,
        "template.identifier",
        "sub-tag 00, the globally unique ID of up to 32 characters, is missing or too long",
        "sub-tag 00, ID unik global hingga 32 karakter, tidak ada atau terlalu panjang",
    ),
    warning(
        Rule::LanguageForm,
        "language.form",
        "another language needs two letters, a name of up to 25 characters and, if there is one, a city of up to 15",
        "bahasa lain memerlukan dua huruf, nama hingga 25 karakter dan, jika ada, kota hingga 15 karakter",
    ),
    warning(
        Rule::AdditionalLength,
        "additional.length",
        "the value is shorter or longer than the sub-tag allows",
        "isi sub-tag lebih pendek atau lebih panjang daripada yang diizinkan",
    ),
    warning(
        Rule::AdditionalRequest,
        "additional.request",
        "what the payer's app is asked for must be letters of A (address), M (mobile number) and E (e-mail)",
        "data yang diminta dari aplikasi harus huruf A (alamat), M (nomor ponsel) dan E (e-mail)",
    ),
    warning(
        Rule::NationalMissing,
        "national.missing",
        "a static payload must have the national account with the NMID, in tag 51",
        "payload statis harus memuat rekening nasional dengan NMID di tag 51",
    ),
    note(
        Rule::NationalNmid,
        "national.nmid",
        "tag 51 holds no NMID of the form ID and 13 digits",
        "tag 51 tidak memuat NMID berbentuk ID dan 13 digit",
    ),
    warning(
        Rule::PostalCodeMissing,
        "postal_code.missing",
        "the postal code is missing, which a payload of Indonesia must have",
        "kode pos yang wajib ada di payload Indonesia tidak ada",
    ),
    warning(
        Rule::PostalCodeLength,
        "postal_code.length",
        "the postal code must have 1 to 10 characters",
        "kode pos harus 1 sampai 10 karakter",
    ),
    warning(
        Rule::AccountForm,
        "account.form",
        "the sub-tag is missing, or its value is not what an account must have there",
        "sub-tag tidak ada atau isinya tidak sesuai ketentuan rekening",
    ),
    warning(
        Rule::PurposeUnknown,
        "purpose.unknown",
        "the purpose is no word of ASPI's: POSP, BILL, BOOK, DMCT, XBCT, CWDL or CDPT",
        "tujuan bukan kata ASPI: POSP, BILL, BOOK, DMCT, XBCT, CWDL atau CDPT",
    ),
    note(
        Rule::PurposeOther,
        "purpose.other",
        "this is no payment to a merchant: it is a transfer, or cash is taken out or paid in",
        "ini bukan pembayaran ke merchant, melainkan transfer, tarik tunai atau setor tunai",
    ),
    warning(
        Rule::TransferForm,
        "transfer.form",
        "a transfer must be dynamic (01 = 12), and have tag 40 and no other category than 4829",
        "transfer harus dinamis (01 = 12), memuat tag 40 dan tanpa kategori selain 4829",
    ),
];
