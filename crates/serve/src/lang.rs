//! The languages of pages and problems, and which of them is wanted.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Indonesian,
    English,
}

impl Lang {
    /// The one that is named by `lang` in a query.
    pub fn asked(query: Option<&str>) -> Option<Self> {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        pairs.filter(|(name, _)| name == "lang").find_map(|(_, value)| Self::of_tag(&value))
    }

    /// The one that a client likes most; of two that it likes as much, the first. None where it takes neither.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        let mut named = Vec::new();
        let mut others = None;
        let header = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        for (tag, weight) in header.flat_map(|header| header.split(',')).filter_map(item) {
            let Some(lang) = Self::of_tag(tag) else {
                if tag == "*" {
                    others = Some(weight);
                }
                continue;
            };
            named.push(lang);
            if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, lang));
            }
        }
        // `*` is whatever is not named.
        let other = others.and_then(|weight| {
            let unnamed = [Self::Indonesian, Self::English].into_iter().find(|lang| !named.contains(lang))?;
            Some((weight, unnamed)).filter(|_| weight > best.map_or(0.0, |(most, _)| most) && !named.is_empty())
        });
        other.or(best).map(|(_, lang)| lang)
    }

    /// The language of a page: the one that is asked for, or else liked most; otherwise Indonesian.
    pub fn of_page(query: Option<&str>, headers: &HeaderMap) -> Self {
        Self::asked(query).or_else(|| Self::accepted(headers)).unwrap_or(Self::Indonesian)
    }

    /// `in` is what old systems call Indonesian; who speaks one of its neighbours reads it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "id" | "in" | "ms" | "jv" | "su" => Some(Self::Indonesian),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The tag: `id`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    pub const fn other(self) -> Self {
        match self {
            Self::Indonesian => Self::English,
            Self::English => Self::Indonesian,
        }
    }
}

/// A tag and how much it is liked; none for what is no such item.
fn item(text: &str) -> Option<(&str, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = weight.map_or(Some(1.0), |text| text.parse().ok())?;
    (0.0..=1.0).contains(&weight).then_some((tag, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_is_the_one_that_is_liked_most() {
        for (header, lang) in [
            ("", None),
            ("de, fr;q=0.9", None),
            ("*", None),
            ("en-GB,en;q=0.9", Some(Lang::English)),
            ("de, en;q=0.3, id;q=0.8", Some(Lang::Indonesian)),
            ("en, id", Some(Lang::English)),
            ("id;q=0, en;q=0.1", Some(Lang::English)),
            ("en;q=0, *", Some(Lang::Indonesian)),
            ("en;q=0.1, *;q=0.9", Some(Lang::Indonesian)),
            ("id;q=0.1, *;q=0.05", Some(Lang::Indonesian)),
            ("id;q=0", None),
            ("in-ID", Some(Lang::Indonesian)),
            ("id;q=x, en;q=0.2", Some(Lang::English)),
            ("id;q=NaN", None),
            ("id;q=7", None),
            ("en ; q=0.5 , id;q=0.4", Some(Lang::English)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
            assert_eq!(Lang::accepted(&headers), lang, "{header}");
        }
    }

    #[test]
    fn query_names_a_language() {
        for (query, lang) in [
            (None, None),
            (Some("lang=en"), Some(Lang::English)),
            (Some("lang=xx"), None),
            (Some("a=b&lang=id-ID"), Some(Lang::Indonesian)),
        ] {
            assert_eq!(Lang::asked(query), lang, "{query:?}");
        }
    }
}
