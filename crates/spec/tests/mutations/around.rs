//! What stands around generated code: the parts of the command line that its commands use, and the session that a client
//! with a login has. They have the same signatures, and do nothing.

/// The failures of commands.
pub mod failure {
    /// A failure.
    #[derive(Debug)]
    pub struct Failure(pub String);

    impl Failure {
        /// Wrong use.
        pub fn usage(text: String) -> Self {
            Self(text)
        }
    }

    impl From<gerbang_core::Error> for Failure {
        fn from(error: gerbang_core::Error) -> Self {
            Self(error.to_string())
        }
    }
}

/// Operations as commands. The tables' own types are those of the command line: they come from its source.
pub mod operation {
    use super::failure::Failure;
    pub use super::table::{Argument, Kind, OperationCommand};

    /// The values that were given.
    #[derive(Debug)]
    pub struct Given;

    impl Given {
        /// All as the body.
        pub fn body<T: serde::de::DeserializeOwned>(&self) -> Result<T, Failure> {
            Err(Failure(String::new()))
        }

        /// One.
        pub fn value<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
            Err(Failure(name.to_owned()))
        }

        /// One that may be left out.
        pub fn optional<T: serde::de::DeserializeOwned>(&self, _: &str) -> Result<Option<T>, Failure> {
            Ok(None)
        }
    }

    /// What an operation answered.
    #[derive(Debug)]
    pub enum Reply {
        /// JSON.
        Json(String),
        /// That it was done.
        Nothing,
        /// A file.
        Bytes(bytes::Bytes),
    }

    impl Reply {
        /// A reply of a type of the client's.
        pub fn json(reply: &impl serde::Serialize) -> Result<Self, Failure> {
            serde_json::to_string(reply).map(Self::Json).map_err(|error| Failure(error.to_string()))
        }
    }
}

/// Settings of the command line.
pub mod settings {
    use super::failure::Failure;

    /// The settings.
    #[derive(Debug)]
    pub struct Settings;

    impl Settings {
        /// A variable.
        pub fn read(&self, _: &str) -> Result<Option<String>, gerbang_core::Error> {
            Ok(None)
        }

        /// A client.
        pub fn client<C>(&self, section: &str, _: gerbang_transport::Builder<C>) -> Result<C, Failure> {
            Err(Failure(section.to_owned()))
        }
    }
}

/// A client's session.
pub mod session {
    /// The session.
    #[derive(Clone, Debug)]
    pub struct Session(gerbang_transport::Transport);

    impl Session {
        /// One on a transport.
        pub fn new(transport: gerbang_transport::Transport) -> Self {
            Self(transport)
        }

        /// With another time.
        pub fn with_timeout(&self, timeout: std::time::Duration) -> Self {
            Self(self.0.with_timeout(timeout))
        }

        /// With other rules.
        pub fn with_retry(&self, retry: gerbang_core::Retry) -> Self {
            Self(self.0.with_retry(retry))
        }
    }

    impl std::ops::Deref for Session {
        type Target = gerbang_transport::Transport;

        fn deref(&self) -> &Self::Target {
            &self.0
        }
    }
}
