//! What problems say, in no language: what is wrong, and what to do next. No text of a request is in it but the names of its members
//! that are known.

use gerbang::Kind;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A value is not what it must be.
    MustBe(String, Form),
    Missing(String),
    /// The account is missing, and none is the default.
    NoDefaultAccount,
    UnknownMember(String, String),
    UnknownParameter(String),
    Twice(String),
    NotJson(usize, usize),
    NotAnObject,
    MemberTwice,
    /// A case about no payment can only be noted.
    OnlyNoted,
    /// A value that the ledger does not take, in its own words.
    Refused(String),
    NoSuch(Thing),
    NoSuchMethod,
    NoToken,
    UnknownToken,
    WrongScope(&'static str),
    NotJsonType,
    TooLarge(usize),
    TooLong,
    TooManyCalls,
    /// In a short time.
    TooManySoon,
    /// A body that took longer than so many seconds.
    SlowBody(u64),
    /// The header Host is missing, names no host, or comes twice.
    NoHost,
    UnknownHost,
    CrossSite,
    TooManyStreams,
    TooManyNotifications,
    DatabaseAway,
    /// The same, before anything was sent.
    DatabaseAwayBefore,
    DatabaseSilent,
    Failed,
    KeyReused,
    OtherContent,
    OpenAtAnotherPrice,
    AwaitsPerson,
    UnknownAccount,
    Unanswered,
    Paid,
    Open,
    Settled,
    Refunded,
    NoWebhook,
    BodyDeleted,
    /// Why a notification proves nothing, in the ledger's own words.
    ProvesNothing(String),
    /// What happened at a gateway or on the way to it, and the same in the client's and the gateway's own words.
    Gateway(Kind, String),
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text(usize),
    Rupiah(u64),
    Seconds(u64),
    Object,
    ObjectOf(usize),
    Order,
    Account,
    Method,
    WebAddress,
    Resolution,
    IdempotencyKey,
    Status,
    Outcome,
    TrueOnly,
    Wait(u64),
    Limit(u32),
    NextOfAPage,
    CaseId,
    SurplusId,
    EventId,
    NotificationId,
}

/// What there is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    Path,
    Payment,
    Case,
    Surplus,
    Event,
    Notification,
    /// One of the ledger's, which may be settled already.
    Known,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    CorrectTheRequest,
    CheckTheAddress,
    ReadTheDescription,
    SendAToken,
    MakeAToken,
    SetTheType,
    SendLess,
    SendTheSame,
    UseAKnownHost,
    CallFromAServer,
    WaitAndSendTheSame,
    TryLater,
    SendTheSameLater,
    LookIntoTheLog,
    UseAnotherKey,
    UseAnotherOrder,
    CancelFirst,
    ResolveTheCase,
    KeepTheAccount,
    Ship,
    LookAtTheCases,
    LookAtTheSurplus,
    LookAtThePayment,
    SetAWebhook,
    /// Of gateways: nothing was created for these values.
    UseOtherValues,
    /// It may have been.
    AskForThePayment,
    /// Nothing was sent.
    WaitForTheDaemon,
    /// The gateway has answered, and nothing was created.
    SendAgain,
}
