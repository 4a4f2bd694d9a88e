//! What can be wrong with a payload.

use crate::words::{WORDS, Words};

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

/// A rule that a payload can break.
///
/// `EMVCo` is its QR Code Specification for Payment Systems, Merchant-Presented Mode, version 1.1, by the number of the data
/// object (tag). `ASPI` are the rules of the Indonesian payment systems' association for QRIS, as the documentation of
/// `astrapay/spring-qris` quotes them. `Gerbang` is a rule of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// The text begins with a byte order mark, as Notepad writes it. Source: Gerbang.
    TextByteOrderMark,
    /// White space or line breaks surround the payload. Source: Gerbang.
    TextWhiteSpace,
    /// An invisible character is before or after the payload, as chat programs add them. Source: Gerbang.
    TextInvisible,
    /// Quotes or other punctuation surround the payload, as in JSON. Source: Gerbang.
    TextQuotes,
    /// The text is a link that holds the payload, such as that of a service which draws QR codes. Source: Gerbang.
    TextLink,
    /// The text is a web address that holds no payload. Source: Gerbang.
    TextAddress,
    /// The text names a picture, or holds one. Source: Gerbang.
    TextPicture,
    /// The text is the base64 or the hexadecimal digits of EMVCo's consumer-presented mode (`CPV01`). Source: EMVCo, QR Code
    /// Specification for Payment Systems, Consumer-Presented Mode.
    TextConsumerPresented,
    /// A line break is within a text that cannot be read. Source: Gerbang.
    TextLineBreak,
    /// An invisible character is within a text that cannot be read. Source: Gerbang.
    TextHidden,
    /// The payload has more bytes than are read, see [`MAX_PAYLOAD`](crate::MAX_PAYLOAD). Source: Gerbang.
    PayloadTooLong,
    /// The payload has more than 512 characters. Source: EMVCo, payload; ASPI 4.1.
    PayloadLong,
    /// The payload does not begin with tag 00 = `01`. Source: EMVCo ID 00; ASPI 4.6.1.1, 4.7.1.1.
    PayloadFormat,
    /// The payload, or a template in it, ends within a tag. Source: EMVCo, data objects; ASPI 4.4.1.1.
    PayloadTruncated,
    /// Something else than two digits is in place of a tag or a length. Source: EMVCo, data objects; ASPI 4.3.1.1, 4.4.1.2.
    PayloadDigits,
    /// The lengths fit only if they count bytes, as `strlen` of PHP does. Source: EMVCo, data objects; ASPI 4.4.1.1.
    PayloadByteLengths,
    /// A tag occurs twice, or a sub-tag in its template. Source: EMVCo, data objects; ASPI 4.3.1.2.
    TagRepeated,
    /// There is no checksum of four characters at the end. Source: EMVCo ID 63; ASPI 4.6.1.2.
    ChecksumPlace,
    /// The checksum is another one. Source: EMVCo ID 63; ASPI table 3.6.
    ChecksumWrong,
    /// The checksum is right but for its case. Source: the examples of EMVCo ID 63, which are in upper case.
    ChecksumLowerCase,
    /// A tag is missing that every payload has: 52, 53, 58, 59 or 60; a transfer needs no 52. Source: EMVCo, table of data objects
    /// (M); ASPI table 3.6 and, for transfers, 3.20.
    TagMissing,
    /// There is no account of a merchant in the tags 02 to 51. Source: EMVCo IDs 02 to 51; ASPI 4.7.3.1.
    AccountMissing,
    /// A value of a tag from 01 to 60 is shorter or longer than the tag allows. Source: EMVCo, table of data objects; ASPI table 3.6.
    TagLength,
    /// Another value is empty. Source: EMVCo, data objects: a length is 01 to 99; ASPI 3.2.
    TagEmpty,
    /// A value up to tag 62 has other characters than printable ASCII, or a tag from 58 to 61 has `|`. Source: EMVCo, formats N and
    /// ANS; ASPI table 3.6.
    TagCharacters,
    /// Tag 01 is neither `11` nor `12`. Source: EMVCo ID 01; ASPI 4.7.2.1.
    InitiationValue,
    /// Tag 52 is not four digits. Source: EMVCo ID 52; ASPI 4.7.6.1.
    CategoryForm,
    /// Tag 53 is not three digits. Source: EMVCo ID 53; ASPI 4.7.7.1.
    CurrencyForm,
    /// Tag 53 is not `360` although tag 58 is `ID`. Source: ASPI 4.7.7.1.
    CurrencyNotRupiah,
    /// Tag 58 is not two capital letters. Source: EMVCo ID 58.
    CountryForm,
    /// Tag 58 is not `ID`. Source: ASPI table 3.6.
    CountryForeign,
    /// Tag 54 has something else than digits and one dot, or more than two decimals of rupiah. Source: EMVCo ID 54; ASPI 4.7.8.1.
    AmountForm,
    /// Tag 54 has a part of a rupiah. Source: Gerbang; the standard allows it.
    AmountFraction,
    /// Tag 54 is zero. Source: EMVCo ID 54; ASPI 4.7.8.1.
    AmountZero,
    /// Tag 55 is none of `01`, `02`, `03`. Source: EMVCo ID 55; ASPI 4.7.9.1.
    TipIndicator,
    /// Tag 55 is `02` without tag 56, or `03` without tag 57. Source: EMVCo IDs 56, 57; ASPI 4.7.9.1.
    TipMissing,
    /// Tag 56 is there although tag 55 is not `02`, or tag 57 although it is not `03`. Source: EMVCo IDs 56, 57.
    TipOrphan,
    /// Tag 56 is no whole amount above zero, or tag 57 no percentage from 0.01 to 99.99. Source: EMVCo IDs 56, 57; ASPI 4.7.11.1; whole
    /// rupiah: Gerbang.
    TipValue,
    /// A static payload states an amount. Source: EMVCo IDs 01, 54, which allow it.
    AmountStatic,
    /// A dynamic payload states no amount. Source: EMVCo IDs 01, 54, which allow it.
    AmountOpen,
    /// A value that must be made of sub-tags, each once, is not: of the tags 46 to 50, 64, 80 to 99. Source: EMVCo, templates; ASPI
    /// 4.3.1.2.
    TemplateForm,
    /// Sub-tag 00, the globally unique ID of up to 32 characters, is missing or too long in a tag from 26 to 51 or 80 to 99. Source:
    /// EMVCo, templates; ASPI tables 4.3, 4.5.
    TemplateIdentifier,
    /// Tag 64 has no language of two letters, no name of up to 25 characters, or a city of more than 15. Source: EMVCo ID 64.
    LanguageForm,
    /// A sub-tag of tag 62 is empty or too long: 01 to 08 have up to 25 characters, 09 up to 3, 10 up to 20, 11 three. Source: EMVCo ID
    /// 62; ASPI table 3.7.
    AdditionalLength,
    /// Sub-tag 09 of tag 62 has other letters than `A`, `M` and `E`. Source: EMVCo ID 62.
    AdditionalRequest,
    /// A static payload of Indonesia has no tag 51. Source: ASPI 4.7.7.
    NationalMissing,
    /// Tag 51 holds no NMID of the form `ID` and 13 digits. Source: Gerbang, by the published payloads.
    NationalNmid,
    /// A payload of Indonesia has no tag 61. Source: ASPI table 3.6, 4.7.15.
    PostalCodeMissing,
    /// Tag 61 is empty or longer than 10 characters. Source: EMVCo ID 61; ASPI table 3.6.
    PostalCodeLength,
    /// An account of Indonesia has no PAN of up to 19 digits (01), no ID of up to 15 characters (02), or no size (03): UMI, UKE, UME,
    /// UBE, URE, PSO or BLU; the national account needs the ID only. Source: ASPI tables 4.3, 4.5, 4.6, 4.7.5.4.
    AccountForm,
    /// Sub-tag 08 of tag 62 is no word of ASPI's. Source: ASPI table 3.23.
    PurposeUnknown,
    /// The code is for another purpose than to pay a merchant. Source: ASPI table 3.23.
    PurposeOther,
    // The last one: new rules go before it, so that they are missed below.
    /// A transfer is not dynamic, has no tag 40, or another category than 4829. Source: ASPI 4.2.
    TransferForm,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; COUNT] = {
        let mut all = [Self::TextByteOrderMark; COUNT];
        let mut at = 0;
        while at < COUNT {
            all[at] = WORDS[at].rule;
            assert!(all[at] as usize == at, "the rules and their words are in the same order");
            at += 1;
        }
        all
    };

    /// The rule's code, which no later version gives to another rule.
    pub const fn code(self) -> &'static str {
        self.words().code
    }

    /// How grave it is to break the rule.
    pub const fn level(self) -> Level {
        self.words().level
    }

    /// What is wrong, and what to do where that is not plain, in an English sentence.
    pub const fn english(self) -> &'static str {
        self.words().english
    }

    /// The same in an Indonesian sentence.
    pub const fn indonesian(self) -> &'static str {
        self.words().indonesian
    }

    const fn words(self) -> &'static Words {
        &WORDS[self as usize]
    }
}

/// How many rules there are.
pub(crate) const COUNT: usize = Rule::TransferForm as usize + 1;

// Each rule has its words.
const _: () = assert!(WORDS.len() == COUNT);
