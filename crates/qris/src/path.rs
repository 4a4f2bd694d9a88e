use std::fmt;

/// Which tag of a payload, or which sub-tag in the template of a tag: displayed as `62` or `62-07`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagPath {
    tag: u8,
    sub_tag: Option<u8>,
}

impl TagPath {
    pub(crate) const fn root(tag: u8) -> Self {
        Self { tag, sub_tag: None }
    }

    pub(crate) const fn within(tag: u8, sub_tag: u8) -> Self {
        Self { tag, sub_tag: Some(sub_tag) }
    }

    /// The tag of the payload, from 0 to 99.
    pub const fn tag(self) -> u8 {
        self.tag
    }

    /// The sub-tag in the tag's template; `None` if the tag itself is meant.
    pub const fn sub_tag(self) -> Option<u8> {
        self.sub_tag
    }
}

impl fmt::Display for TagPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.tag)?;
        self.sub_tag.map_or(Ok(()), |sub_tag| write!(f, "-{sub_tag:02}"))
    }
}
