//! The portal's authentication steps name neither account nor address, only the request id of their sign-in: what the
//! sign-in knows is given to its steps, wherever it stands in the evidence.

use std::collections::HashMap;

use crate::ingest::records::auditdata::sentence;
use crate::ingest::values::parties::Parties;
use crate::timeline::event::Text;
use crate::timeline::{Draft, EvidenceSource};

/// What a step is told by its sign-in.
struct SignIn {
    user_raw: Text<'static>,
    user_upn: Text<'static>,
    user_id: Text<'static>,
    user_full_name: Text<'static>,
    source_ip: Text<'static>,
    source_ip_text: Text<'static>,
    source_ip_class: Text<'static>,
    geo_city: Text<'static>,
    geo_region: Text<'static>,
    geo_country: Text<'static>,
    geo_basis: Text<'static>,
    correlation_id: Text<'static>,
    session_id: Text<'static>,
    app_name: Text<'static>,
}

/// The sign-ins of the evidence, by request id; kept only where there are steps to be joined.
#[derive(Default)]
pub struct SignIns(HashMap<Box<str>, SignIn>);

impl SignIns {
    /// Keeps what a sign-in knows.
    pub fn learn(&mut self, event: &Draft<'static>) {
        let Some(id) = event.request_id.as_deref().filter(|_| event.evidence_source == EvidenceSource::EntraSignin)
        else {
            return;
        };
        self.0.entry(id.into()).or_insert_with(|| SignIn {
            user_raw: event.user_raw.clone(),
            user_upn: event.user_upn.clone(),
            user_id: event.user_id.clone(),
            user_full_name: event.user_full_name.clone(),
            source_ip: event.source_ip.clone(),
            source_ip_text: event.source_ip_text.clone(),
            source_ip_class: event.source_ip_class.clone(),
            geo_city: event.geo_city.clone(),
            geo_region: event.geo_region.clone(),
            geo_country: event.geo_country.clone(),
            geo_basis: event.geo_basis.clone(),
            correlation_id: event.correlation_id.clone(),
            session_id: event.session_id.clone(),
            app_name: event.app_name.clone(),
        });
    }

    /// Gives a step what its sign-in knows; whether the sign-in is there.
    pub fn complete(&self, step: &mut Draft<'static>) -> bool {
        let Some(sign_in) = step.request_id.as_deref().and_then(|id| self.0.get(id)) else { return false };
        step.user_raw.clone_from(&sign_in.user_raw);
        step.user_upn.clone_from(&sign_in.user_upn);
        step.user_id.clone_from(&sign_in.user_id);
        step.user_full_name.clone_from(&sign_in.user_full_name);
        step.source_ip.clone_from(&sign_in.source_ip);
        step.source_ip_text.clone_from(&sign_in.source_ip_text);
        step.source_ip_class.clone_from(&sign_in.source_ip_class);
        step.geo_city.clone_from(&sign_in.geo_city);
        step.geo_region.clone_from(&sign_in.geo_region);
        step.geo_country.clone_from(&sign_in.geo_country);
        step.geo_basis.clone_from(&sign_in.geo_basis);
        step.correlation_id.clone_from(&sign_in.correlation_id);
        step.session_id.clone_from(&sign_in.session_id);
        step.app_name.clone_from(&sign_in.app_name);
        let mut parties = Parties::default();
        parties.add_event(step);
        step.parties = parties.into_text();
        step.message = Some(sentence(step).into());
        true
    }
}
