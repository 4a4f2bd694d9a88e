//! What a change means to a program that uses the generated client.

/// What a change asks of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The program must be looked at: it may not compile, or may do something else.
    Breaking,
    /// The program need not be touched.
    Compatible,
    /// Only what people read has changed.
    Documentation,
}

/// Under which heading of a changelog a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// There is something new.
    Added,
    /// Something is different.
    Changed,
    /// Something is gone.
    Removed,
}

/// One kind of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// What it asks of a program.
    pub effect: Effect,
    /// Where a changelog has it.
    pub section: Section,
    /// Why it has this effect.
    pub why: &'static str,
}

const fn breaking(name: &'static str, section: Section, why: &'static str) -> Rule {
    Rule { name, effect: Effect::Breaking, section, why }
}

const fn compatible(name: &'static str, section: Section, why: &'static str) -> Rule {
    Rule { name, effect: Effect::Compatible, section, why }
}

use Section::{Added, Changed, Removed};

/// Every rule.
pub const RULES: &[Rule] = &[
    compatible("client-added", Added, "a new client touches no other"),
    breaking("client-removed", Removed, "programs that use the client do not compile"),
    breaking("server", Changed, "keys go to another server: deployments that allow only the old one must change"),
    breaking("session", Changed, "what proves the merchant is got in another way"),
    breaking(
        "envelope-verdict",
        Changed,
        "the same reply may now count as success, as failure or as another kind of error",
    ),
    compatible("envelope-place", Changed, "the client looks for the payload and the texts where they now are"),
    breaking(
        "credential-added",
        Added,
        "`Credentials::new` takes another argument, and the environment another variable",
    ),
    compatible("credential-added-optional", Added, "it is set by a method of its own"),
    breaking("credential-removed", Removed, "its argument or method is gone"),
    breaking("credential-changed", Changed, "it is given and read as another type"),
    breaking("credential-order", Changed, "the arguments of `Credentials::new` have another order"),
    compatible("operation-added", Added, "a new method touches no other"),
    breaking("operation-removed", Removed, "programs that call the method do not compile"),
    breaking("operation-renamed", Changed, "programs that call the method by its old name do not compile"),
    compatible("request-line", Changed, "the method sends it elsewhere; its signature is the same"),
    breaking("path-order", Changed, "the method's arguments have another order"),
    breaking("parameter-added", Added, "the method takes another argument"),
    compatible("parameter-added-optional", Added, "only the method that ends in `_with` takes it, by a setter"),
    breaking("parameter-removed", Removed, "the method takes an argument less, or its setter is gone"),
    breaking("parameter-type", Changed, "the method's argument, or the setter's, has another type"),
    breaking("parameter-rest", Changed, "a `/` in the value now means something else"),
    breaking("body-added", Added, "the method takes another argument"),
    breaking("body-removed", Removed, "the method takes an argument less"),
    breaking("body-type", Changed, "the method's argument has another type"),
    compatible("body-media", Changed, "the method sends the same members in another form"),
    breaking("reply-type", Changed, "the method returns another type"),
    compatible("reply-media", Changed, "the method returns the same as before"),
    compatible("credential-place", Changed, "the client sends the credentials where they are now expected"),
    breaking("resend-allowed", Changed, "a call that failed may be sent again, which was never done before"),
    compatible("resend-changed", Changed, "a call is sent again in fewer cases, or in the same"),
    breaking("type-removed", Removed, "programs that name the type do not compile"),
    compatible("type-added", Added, "a new type touches no other"),
    breaking(
        "type-use",
        Changed,
        "what is sent is made by `new`, what is received is not, and a set of words is an enum",
    ),
    breaking("request-member-added", Added, "`new` takes what is required, and takes this too"),
    compatible(
        "request-member-added-optional",
        Added,
        "it has a setter of its own, and is not sent unless that is called",
    ),
    breaking("request-member-moved", Changed, "`new` takes it, and there is no setter, or the other way round"),
    breaking("request-order", Changed, "`new` takes the same arguments in another order"),
    breaking("request-member-removed", Removed, "programs that set the member do not compile"),
    breaking(
        "request-member-type",
        Changed,
        "programs give the member as another type, or by `new` rather than a setter",
    ),
    compatible("reply-member-added", Added, "what is received is `#[non_exhaustive]`, and the member may be missing"),
    breaking("reply-member-demanded", Changed, "a reply or a stored value without the member can no longer be read"),
    breaking("reply-member-compared", Changed, "a reply in which the member cannot be read is now an error"),
    breaking("reply-member-removed", Removed, "programs that read the member do not compile"),
    breaking("reply-member-type", Changed, "programs read the member as another type"),
    compatible("member-wire", Changed, "the member is written differently, its type is the same"),
    breaking("limit-tightened", Changed, "values that were sent before are refused before they are sent"),
    compatible("limit-loosened", Changed, "values that were refused before are sent"),
    breaking("limits-removed", Removed, "`check_limits` is gone: nothing of the type is limited any more"),
    compatible("word-added", Added, "the set is open and `#[non_exhaustive]`: the word was `Open::Unknown` so far"),
    breaking(
        "word-removed",
        Removed,
        "programs that name the word do not compile; when it comes it is `Open::Unknown`",
    ),
    compatible("word-respelled", Changed, "words are compared without regard to case"),
    breaking("variant-renamed", Changed, "programs that name the word by its old spelling do not compile"),
    compatible(
        "form-added",
        Added,
        "the enum is `#[non_exhaustive]`; what was received of the form was `Unknown` so far",
    ),
    breaking("form-removed", Removed, "programs that name the form do not compile; when it comes it is `Unknown`"),
    breaking("form-type", Changed, "programs that make or read the form do so as another type"),
    compatible("notification-added", Added, "a new function touches no other"),
    breaking("notification-removed", Removed, "programs that call the function do not compile"),
    breaking(
        "notification-renamed",
        Changed,
        "the function has another name: a notification can now be proven, or no longer",
    ),
    compatible("notification-proof", Changed, "whoever checks the proof by its constant checks the new one"),
    breaking("notification-type", Changed, "the function returns another type"),
    breaking("surface", Changed, "programs that use it do not compile"),
    Rule {
        name: "documentation",
        effect: Effect::Documentation,
        section: Changed,
        why: "only what people read has changed",
    },
];

/// The rule of a name that is in [`RULES`].
pub fn rule(name: &str) -> &'static Rule {
    RULES.iter().find(|rule| rule.name == name).unwrap_or_else(|| panic!("{name} is not in RULES"))
}
