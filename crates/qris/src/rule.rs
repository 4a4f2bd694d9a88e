//! What can be wrong with a payload: codes, levels and sentences.

/// How grave a [`Finding`](crate::Finding) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// No app can pay it, or the payer would pay something else than is stated.
    Error,
    /// An app may refuse it.
    Warning,
    /// It is allowed, and somebody should know it.
    Note,
}

impl Level {
    /// The level's name: `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Declares the rules, so that none is without a code, a level and both sentences.
macro_rules! rules {
    ($($(#[$doc:meta])+ $rule:ident = $code:literal, $level:ident, $english:literal, $indonesian:literal;)+) => {
        /// A rule that a payload can break.
        ///
        /// `EMVCo` is its QR Code Specification for Payment Systems, Merchant-Presented Mode, version 1.1, by the number of the data
        /// object (tag). `ASPI` are the rules of the Indonesian payment systems' association for QRIS, as the documentation of
        /// `astrapay/spring-qris` quotes them. `Gerbang` is a rule of this crate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])+ $rule,)+
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$rule),+];

            /// The rule's code, which no later version gives to another rule.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$rule => $code,)+
                }
            }

            /// How grave it is to break the rule.
            pub const fn level(self) -> Level {
                match self {
                    $(Self::$rule => Level::$level,)+
                }
            }

            /// What is wrong, and what to do where that is not plain, in an English sentence.
            pub const fn english(self) -> &'static str {
                match self {
                    $(Self::$rule => $english,)+
                }
            }

            /// The same in an Indonesian sentence.
            pub const fn indonesian(self) -> &'static str {
                match self {
                    $(Self::$rule => $indonesian,)+
                }
            }
        }
    };
}

rules! {
    /// The text begins with a byte order mark, as Notepad writes it. Source: Gerbang.
    TextByteOrderMark = "text.byte_order_mark", Warning,
        "a byte order mark is before the payload; it was left out",
        "ada byte order mark di depan payload; tanda itu tidak dibaca";
    /// White space or line breaks surround the payload. Source: Gerbang.
    TextWhiteSpace = "text.white_space", Warning,
        "there is white space around the payload; it was left out",
        "ada spasi atau baris baru di sekitar payload; itu tidak dibaca";
    /// An invisible character is before or after the payload, as chat programs add them. Source: Gerbang.
    TextInvisible = "text.invisible", Warning,
        "there is an invisible character beside the payload; it was left out",
        "ada karakter tak terlihat di samping payload; itu tidak dibaca";
    /// Quotes or other punctuation surround the payload, as in JSON. Source: Gerbang.
    TextQuotes = "text.quotes", Warning,
        "there are quotes or other punctuation around the payload; they were left out",
        "ada tanda kutip atau tanda baca lain di sekitar payload; itu tidak dibaca";
    /// The text is a link that holds the payload, such as that of a service which draws QR codes. Source: Gerbang.
    TextLink = "text.link", Warning,
        "the text is a link that holds the payload; the payload was taken out of it",
        "teks ini sebuah tautan yang memuat payload; payload diambil dari tautan itu";
    /// The text is a web address that holds no payload. Source: Gerbang.
    TextAddress = "text.address", Error,
        "this is a web address, and no payload is in it; open it, and copy the payload or the picture",
        "ini alamat web yang tidak memuat payload; buka alamat itu, lalu salin payload atau gambarnya";
    /// The text names a picture, or holds one. Source: Gerbang.
    TextPicture = "text.picture", Error,
        "this is a picture or the name of one, not the payload that its QR code holds",
        "ini gambar atau nama gambar, bukan payload yang dimuat kode QR-nya";
    /// The text is the base64 or the hexadecimal digits of EMVCo's consumer-presented mode (`CPV01`). Source: EMVCo, QR Code
    /// Specification for Payment Systems, Consumer-Presented Mode.
    TextConsumerPresented = "text.consumer_presented", Error,
        "this is a consumer-presented code (CPM), which the payer shows and the merchant scans; it is no payload to be paid",
        "ini kode CPM (consumer-presented), yang ditunjukkan pembayar dan dipindai merchant; kode ini bukan payload untuk dibayar";
    /// A line break is within a text that cannot be read. Source: Gerbang.
    TextLineBreak = "text.line_break", Error,
        "there are line breaks in the payload; put it in one line",
        "ada baris baru di dalam payload; jadikan satu baris";
    /// An invisible character is within a text that cannot be read. Source: Gerbang.
    TextHidden = "text.hidden", Error,
        "there is an invisible character within the payload; copy the payload again from where it was made",
        "ada karakter tak terlihat di dalam payload; salin lagi payload dari sumbernya";

    /// The payload has more bytes than are read, see [`MAX_PAYLOAD`](crate::MAX_PAYLOAD). Source: Gerbang.
    PayloadTooLong = "payload.too_long", Error,
        "the text is too long for a payload",
        "teks terlalu panjang untuk sebuah payload";
    /// The payload has more than 512 characters. Source: EMVCo, payload; ASPI 4.1.
    PayloadLong = "payload.long", Warning,
        "the payload has more than 512 characters",
        "payload lebih dari 512 karakter";
    /// The payload does not begin with tag 00 = `01`. Source: EMVCo ID 00; ASPI 4.6.1.1, 4.7.1.1.
    PayloadFormat = "payload.format", Error,
        "this does not begin with tag 00 = 01, as every payload does",
        "teks ini tidak diawali tag 00 = 01 seperti setiap payload";
    /// The payload, or a template in it, ends within a tag. Source: EMVCo, data objects; ASPI 4.4.1.1.
    PayloadTruncated = "payload.truncated", Error,
        "the payload ends too early: a part is missing, or a length is wrong",
        "payload berakhir terlalu awal: ada bagian yang hilang atau panjangnya salah";
    /// Something else than two digits is in place of a tag or a length. Source: EMVCo, data objects; ASPI 4.3.1.1, 4.4.1.2.
    PayloadDigits = "payload.digits", Error,
        "a tag or a length is not two digits: a part is missing, or a length is wrong",
        "tag atau panjang bukan dua digit: ada bagian yang hilang atau panjangnya salah";
    /// The lengths fit only if they count bytes, as `strlen` of PHP does. Source: EMVCo, data objects; ASPI 4.4.1.1.
    PayloadByteLengths = "payload.byte_lengths", Error,
        "the lengths count bytes, and must count characters",
        "panjang dihitung per byte, padahal harus per karakter";
    /// A tag occurs twice, or a sub-tag in its template. Source: EMVCo, data objects; ASPI 4.3.1.2.
    TagRepeated = "tag.repeated", Error,
        "the tag occurs twice",
        "tag muncul dua kali";
    /// There is no checksum of four characters at the end. Source: EMVCo ID 63; ASPI 4.6.1.2.
    ChecksumPlace = "checksum.place", Error,
        "the payload does not end with a checksum of four characters in tag 63",
        "payload tidak diakhiri checksum empat karakter di tag 63";
    /// The checksum is another one. Source: EMVCo ID 63; ASPI table 3.6.
    ChecksumWrong = "checksum.wrong", Error,
        "the checksum is wrong: the payload is damaged or was changed",
        "checksum salah: payload rusak atau telah diubah";
    /// The checksum is right but for its case. Source: the examples of EMVCo ID 63, which are in upper case.
    ChecksumLowerCase = "checksum.lower_case", Warning,
        "the checksum is right, but in lower case; apps may expect upper case",
        "checksum benar, tetapi memakai huruf kecil; aplikasi mungkin menuntut huruf besar";

    /// A tag is missing that every payload has: 52, 53, 58, 59 or 60; a transfer needs no 52. Source: EMVCo, table of data objects
    /// (M); ASPI table 3.6 and, for transfers, 3.20.
    TagMissing = "tag.missing", Error,
        "the tag is missing, which every payload must have",
        "tag yang wajib ada di setiap payload tidak ada";
    /// There is no account of a merchant in the tags 02 to 51. Source: EMVCo IDs 02 to 51; ASPI 4.7.3.1.
    AccountMissing = "account.missing", Error,
        "there is no account of a merchant, in the tags 02 to 51",
        "tidak ada rekening merchant di tag 02 sampai 51";
    /// A value of a tag from 01 to 60 is shorter or longer than the tag allows. Source: EMVCo, table of data objects; ASPI table 3.6.
    TagLength = "tag.length", Error,
        "the value is shorter or longer than the tag allows",
        "isi tag lebih pendek atau lebih panjang daripada yang diizinkan";
    /// Another value is empty. Source: EMVCo, data objects: a length is 01 to 99; ASPI 3.2.
    TagEmpty = "tag.empty", Warning,
        "the value is empty",
        "isi tag kosong";
    /// A value up to tag 62 has other characters than printable ASCII, or a tag from 58 to 61 has `|`. Source: EMVCo, formats N and
    /// ANS; ASPI table 3.6.
    TagCharacters = "tag.characters", Warning,
        "the value has a character that the tag does not allow",
        "isi tag memuat karakter yang tidak diizinkan";
    /// Tag 01 is neither `11` nor `12`. Source: EMVCo ID 01; ASPI 4.7.2.1.
    InitiationValue = "initiation.value", Error,
        "tag 01 must be 11 (static) or 12 (dynamic)",
        "tag 01 harus 11 (statis) atau 12 (dinamis)";
    /// Tag 52 is not four digits. Source: EMVCo ID 52; ASPI 4.7.6.1.
    CategoryForm = "category.form", Error,
        "the merchant category must be four digits",
        "kategori merchant harus empat digit";
    /// Tag 53 is not three digits. Source: EMVCo ID 53; ASPI 4.7.7.1.
    CurrencyForm = "currency.form", Error,
        "the currency must be three digits",
        "mata uang harus tiga digit";
    /// Tag 53 is not `360` although tag 58 is `ID`. Source: ASPI 4.7.7.1.
    CurrencyNotRupiah = "currency.not_rupiah", Error,
        "the currency must be 360, rupiah, in Indonesia",
        "mata uang di Indonesia harus 360, rupiah";
    /// Tag 58 is not two capital letters. Source: EMVCo ID 58.
    CountryForm = "country.form", Error,
        "the country must be two capital letters",
        "negara harus dua huruf besar";
    /// Tag 58 is not `ID`. Source: ASPI table 3.6.
    CountryForeign = "country.foreign", Warning,
        "this is a payload of another country; apps for QRIS pay it only where both countries have agreed on it",
        "ini payload negara lain; aplikasi QRIS hanya dapat membayarnya jika kedua negara sudah bersepakat";

    /// Tag 54 has something else than digits and one dot, or more than two decimals of rupiah. Source: EMVCo ID 54; ASPI 4.7.8.1.
    AmountForm = "amount.form", Error,
        "the amount must be digits, with at most one dot before the decimals, such as 10000 or 10000.00",
        "nominal harus berupa digit, dengan paling banyak satu titik sebelum desimal, misalnya 10000 atau 10000.00";
    /// Tag 54 has a part of a rupiah. Source: Gerbang; the standard allows it.
    AmountFraction = "amount.fraction", Error,
        "the amount has a part of a rupiah, which nobody can pay",
        "nominal memuat pecahan rupiah yang tidak dapat dibayar";
    /// Tag 54 is zero. Source: EMVCo ID 54; ASPI 4.7.8.1.
    AmountZero = "amount.zero", Error,
        "the amount is zero; leave it out if the payer is to type it in",
        "nominal nol; hilangkan jika pembayar yang mengisinya";
    /// Tag 55 is none of `01`, `02`, `03`. Source: EMVCo ID 55; ASPI 4.7.9.1.
    TipIndicator = "tip.indicator", Error,
        "tag 55 must be 01 (ask), 02 (a fixed fee) or 03 (a percentage)",
        "tag 55 harus 01 (ditanyakan), 02 (biaya tetap) atau 03 (persentase)";
    /// Tag 55 is `02` without tag 56, or `03` without tag 57. Source: EMVCo IDs 56, 57; ASPI 4.7.9.1.
    TipMissing = "tip.missing", Error,
        "the fee that tag 55 announces is missing",
        "biaya yang diumumkan tag 55 tidak ada";
    /// Tag 56 is there although tag 55 is not `02`, or tag 57 although it is not `03`. Source: EMVCo IDs 56, 57.
    TipOrphan = "tip.orphan", Error,
        "there is a fee that tag 55 does not announce; an app may add it or leave it out",
        "ada biaya yang tidak diumumkan tag 55; aplikasi bisa menambahkan atau mengabaikannya";
    /// Tag 56 is no whole amount above zero, or tag 57 no percentage from 0.01 to 99.99. Source: EMVCo IDs 56, 57; ASPI 4.7.11.1; whole
    /// rupiah: Gerbang.
    TipValue = "tip.value", Error,
        "the fee must be an amount above zero or a percentage from 0.01 to 99.99",
        "biaya harus berupa nominal di atas nol atau persentase dari 0.01 sampai 99.99";
    /// A static payload states an amount. Source: EMVCo IDs 01, 54, which allow it.
    AmountStatic = "amount.static", Note,
        "the payload is static and states an amount, so that it can be paid more than once",
        "payload statis tetapi memuat nominal, sehingga bisa dibayar lebih dari sekali";
    /// A dynamic payload states no amount. Source: EMVCo IDs 01, 54, which allow it.
    AmountOpen = "amount.open", Note,
        "the payload is dynamic and states no amount; the payer types it in",
        "payload dinamis tanpa nominal; pembayar yang mengisinya";

    /// A value that must be made of sub-tags, each once, is not: of the tags 46 to 50, 64, 80 to 99. Source: EMVCo, templates; ASPI
    /// 4.3.1.2.
    TemplateForm = "template.form", Warning,
        "the value must be made of sub-tags, each once, and is not",
        "isi tag harus terdiri atas sub-tag, masing-masing sekali, tetapi tidak";
    /// Sub-tag 00, the globally unique ID of up to 32 characters, is missing or too long in a tag from 26 to 51 or 80 to 99. Source:
    /// EMVCo, templates; ASPI tables 4.3, 4.5.
    TemplateIdentifier = "template.identifier", Warning,
        "sub-tag 00, the globally unique ID of up to 32 characters, is missing or too long",
        "sub-tag 00, ID unik global hingga 32 karakter, tidak ada atau terlalu panjang";
    /// Tag 64 has no language of two letters, no name of up to 25 characters, or a city of more than 15. Source: EMVCo ID 64.
    LanguageForm = "language.form", Warning,
        "another language needs two letters, a name of up to 25 characters and, if there is one, a city of up to 15",
        "bahasa lain memerlukan dua huruf, nama hingga 25 karakter dan, jika ada, kota hingga 15 karakter";
    /// A sub-tag of tag 62 is empty or too long: 01 to 08 have up to 25 characters, 09 up to 3, 10 up to 20, 11 three. Source: EMVCo ID
    /// 62; ASPI table 3.7.
    AdditionalLength = "additional.length", Warning,
        "the value is shorter or longer than the sub-tag allows",
        "isi sub-tag lebih pendek atau lebih panjang daripada yang diizinkan";
    /// Sub-tag 09 of tag 62 has other letters than `A`, `M` and `E`. Source: EMVCo ID 62.
    AdditionalRequest = "additional.request", Warning,
        "what the payer's app is asked for must be letters of A (address), M (mobile number) and E (e-mail)",
        "data yang diminta dari aplikasi harus huruf A (alamat), M (nomor ponsel) dan E (e-mail)";

    /// A static payload of Indonesia has no tag 51. Source: ASPI 4.7.7.
    NationalMissing = "national.missing", Warning,
        "a static payload must have the national account with the NMID, in tag 51",
        "payload statis harus memuat rekening nasional dengan NMID di tag 51";
    /// Tag 51 holds no NMID of the form `ID` and 13 digits. Source: Gerbang, by the published payloads.
    NationalNmid = "national.nmid", Note,
        "tag 51 holds no NMID of the form ID and 13 digits",
        "tag 51 tidak memuat NMID berbentuk ID dan 13 digit";
    /// A payload of Indonesia has no tag 61. Source: ASPI table 3.6, 4.7.15.
    PostalCodeMissing = "postal_code.missing", Warning,
        "the postal code is missing, which a payload of Indonesia must have",
        "kode pos yang wajib ada di payload Indonesia tidak ada";
    /// Tag 61 is empty or longer than 10 characters. Source: EMVCo ID 61; ASPI table 3.6.
    PostalCodeLength = "postal_code.length", Warning,
        "the postal code must have 1 to 10 characters",
        "kode pos harus 1 sampai 10 karakter";
    /// An account of Indonesia has no PAN of up to 19 digits (01), no ID of up to 15 characters (02), or no size (03): UMI, UKE, UME,
    /// UBE, URE, PSO or BLU; the national account needs the ID only. Source: ASPI tables 4.3, 4.5, 4.6, 4.7.5.4.
    AccountForm = "account.form", Warning,
        "the sub-tag is missing, or its value is not what an account must have there",
        "sub-tag tidak ada atau isinya tidak sesuai ketentuan rekening";
    /// Sub-tag 08 of tag 62 is no word of ASPI's. Source: ASPI table 3.23.
    PurposeUnknown = "purpose.unknown", Warning,
        "the purpose is no word of ASPI's: POSP, BILL, BOOK, DMCT, XBCT, CWDL or CDPT",
        "tujuan bukan kata ASPI: POSP, BILL, BOOK, DMCT, XBCT, CWDL atau CDPT";
    /// The code is for another purpose than to pay a merchant. Source: ASPI table 3.23.
    PurposeOther = "purpose.other", Note,
        "this is no payment to a merchant: it is a transfer, or cash is taken out or paid in",
        "ini bukan pembayaran ke merchant, melainkan transfer, tarik tunai atau setor tunai";
    /// A transfer is not dynamic, has no tag 40, or another category than 4829. Source: ASPI 4.2.
    TransferForm = "transfer.form", Warning,
        "a transfer must be dynamic (01 = 12), and have tag 40 and no other category than 4829",
        "transfer harus dinamis (01 = 12), memuat tag 40 dan tanpa kategori selain 4829";
}
