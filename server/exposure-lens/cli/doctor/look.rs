//! One look at each site: does it answer, as whom, and does its Metadata API?

use std::time::Duration;

use tableau::{Client, ClientOptions, SignedIn, SiteError, Timeouts};

use crate::cli::block_on;
use crate::cli::load::Loaded;
use crate::workspace::sites::history::Failure;
use crate::workspace::sites::{Access, SiteState};

/// What a site answered.
pub(super) struct Look {
    /// Who is signed in, or why nobody is.
    pub(super) signed_in: Result<SignedIn, Failure>,
    /// Whether the Metadata API answers, or why not. `None` where nobody is signed in.
    pub(super) metadata: Option<Result<(), Failure>>,
}

/// Looks at every site that the user has signed in to, all at once. Offline at none.
pub(super) fn at_sites(loaded: &Loaded) -> anyhow::Result<Vec<Option<Look>>> {
    let is_asked = |it: &SiteState| it.signed_in && !loaded.access.is_offline();
    let sites = &loaded.kept.sites;
    if !sites.iter().any(is_asked) {
        return Ok(sites.iter().map(|_| None).collect());
    }
    let looks = block_on(async {
        let mut running = tokio::task::JoinSet::new();
        for (n, site) in sites.iter().enumerate().filter(|(_, it)| is_asked(it)) {
            let (access, site) = (loaded.access.clone(), site.clone());
            running.spawn(async move { (n, at_site(&access, &site).await) });
        }
        running.join_all().await
    })?;
    let mut all: Vec<Option<Look>> = sites.iter().map(|_| None).collect();
    for (n, look) in looks {
        all[n] = Some(look);
    }
    Ok(all)
}

async fn at_site(access: &Access, site: &SiteState) -> Look {
    let nobody = |failure| Look {
        signed_in: Err(failure),
        metadata: None,
    };
    let client = match access.client(&site.setting.address, patience).await {
        Ok(client) => client,
        Err(failure) => return nobody(failure),
    };
    match client.signed_in().await {
        Ok(signed_in) => Look {
            signed_in: Ok(signed_in),
            metadata: Some(metadata(&client).await.map_err(|it| Failure::now(&it))),
        },
        Err(error) => nobody(Failure::now(&error)),
    }
}

/// The cheapest question there is.
async fn metadata(client: &Client) -> Result<(), SiteError> {
    let query = "query ExposureLensDoctor { __typename }";
    client
        .metadata(query, serde_json::json!({}))
        .await
        .map(drop)
}

/// Someone waits for the answer.
fn patience(options: ClientOptions) -> ClientOptions {
    ClientOptions {
        max_retries: 0,
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(15),
            total: Duration::from_secs(20),
        },
        max_retry_after: Duration::from_secs(2),
        ..options
    }
}
