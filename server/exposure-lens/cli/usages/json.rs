//! The JSON answer: the nodes asked for, or those that feed the workbooks and published
//! datasources asked for.

use std::collections::BTreeMap;

use lineage::{NodeIx, UniqueId};

use super::{Args, Asked, usages_of};
use crate::cli::load::Loaded;
use crate::output::json_v1;

pub(super) fn answer(loaded: &Loaded, args: &Args, asked: &Asked) -> json_v1::Usages {
    let mut answer = loaded.json();
    for problem in &asked.neither {
        answer.add_problem(problem);
    }
    for (node, is_whole) in wanted(loaded, args, asked).into_values() {
        let mut usages = usages_of(&loaded.analysis, args, node);
        if !is_whole {
            usages.retain(|it| asked.workbooks.contains(&it.workbook));
        }
        answer.add_usages(&loaded.analysis, node, &usages);
    }
    answer
}

/// The nodes of the answer, and whether all their workbooks are asked for.
fn wanted<'a>(
    loaded: &'a Loaded,
    args: &Args,
    asked: &Asked,
) -> BTreeMap<&'a UniqueId, (NodeIx, bool)> {
    let lineage = &loaded.analysis.lineage;
    let id = |ix: NodeIx| &lineage.nodes().get(ix).id;
    let mut wanted = BTreeMap::new();
    for &workbook in &asked.workbooks {
        let feeding = lineage.upstream_of(workbook).into_iter();
        let feeding = feeding.filter(|it| !args.direct || it.distance == 0);
        wanted.extend(feeding.map(|it| (id(it.node), (it.node, false))));
    }
    for &datasource in &asked.datasources {
        let feeding = lineage.upstream_of_published(datasource).into_iter();
        let feeding = feeding.filter(|it| !args.direct || it.distance == 0);
        wanted.extend(feeding.map(|it| (id(it.node), (it.node, true))));
    }
    let whole: Vec<NodeIx> = match args.words.is_empty() {
        true => lineage.nodes().indices().collect(),
        false => asked.nodes.clone(),
    };
    wanted.extend(whole.into_iter().map(|ix| (id(ix), (ix, true))));
    wanted
}
