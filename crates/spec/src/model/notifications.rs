//! The notifications of a document.

use super::credentials::Credentials;
use super::lowering::{Lowering, Use, is_empty};
use super::source::{Result, Source};
use super::{Notification, Place, Proof};
use crate::schema::component_at;
use crate::yaml::escape;

/// Reads the notification at a pointer.
pub fn read(
    source: Source,
    lowering: &mut Lowering,
    credentials: &mut Credentials,
    pointer: &str,
) -> Result<Notification> {
    let media = source.media(&format!("{pointer}/requestBody"));
    let schema = format!("{pointer}/requestBody/content/{}/schema", escape(&media));
    let component = source.component(&schema)?;
    lowering.no_json_strings(&schema)?;
    if source.is_nameless(&component_at(&component))? {
        return source.refuse(&schema, NO_MEMBERS);
    }
    lowering.need(&component, Use::whole(false), &schema)?;
    if is_empty(&lowering.schemas[&component]) || lowering.words.contains_key(&component) {
        return source.refuse(&schema, NO_MEMBERS);
    }
    let proof = source.proof(pointer, &component)?;
    if let Some(Proof { place: Place::Body(name), .. }) = &proof {
        let at = format!("{}/properties/{}", component_at(&component), escape(name));
        let key = source.text(&format!("{at}/x-credential"))?;
        let description = source.text(&format!("{at}/description"))?;
        credentials.signs(&at, &key, &description, true)?;
    }
    let names_scheme = source.document.get(&format!("{pointer}/security/0")).is_some();
    Ok(Notification {
        id: source.text(&format!("{pointer}/operationId"))?,
        summary: source.text(&format!("{pointer}/summary"))?,
        description: source.text(&format!("{pointer}/description"))?,
        component,
        signed: names_scheme || proof.is_some(),
        proof,
        source: source.source(pointer)?,
        guess: source.optional_text(&format!("{pointer}/x-guess")),
    })
}

const NO_MEMBERS: &str = "a notification that is not an object with members cannot be generated";
