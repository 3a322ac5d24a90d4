//! `config.enabled: false`.

use super::*;

fn disable(text: &str) -> String {
    shown(text, &Change::Disable(name("a")))
}

#[test]
fn an_exposure_is_disabled_in_its_config() {
    let shown = [
        "exposures:\n  - name: a\n    type: dashboard\n    # end\n  - name: b\n",
        "exposures:\n  - name: a\n    meta: {x: y}",
        "exposures:\r\n- name: a\r\n  config: # c\r\n    # tags\r\n    tags: [x]\r\n- name: b\r\n",
        "exposures:\n  - name: a\n    config: {tags: [x]} # c\n    url: u\n",
        "exposures:\n  - name: a\n    description: |+\n  - name: b\n",
        "exposures:\n  - name: a\n    config: {}\n",
        "exposures:\n  - name: a\n    config: # none\n    url: u\n",
        "exposures:\n  - name: a\n    config: ~\n",
        "exposures:\n  - name: a\n    config:\n        enabled: true # c\n        tags: [x]\n",
        "exposures:\n  - name: a\n    config:\n      tags: [x]\n      enabled:\n",
        "exposures:\n  - name: a\n    config: {enabled: 'yes'}\n",
        "exposures:\n  - {name: a, url: u}\n",
        "exposures:\n  - {name: a, config: , url: u}\n",
        "exposures:\n  - name: b\n    config:\n      enabled: true\n    depends_on: []\n  - name: a\n    type: dashboard\n    depends_on: []\n",
        "exposures:\n    - name: b\n      owner:\n          name: x\n    - name: a\n",
    ]
    .map(disable);
    all(
        shown,
        expect![[r#"
            exposures:
              - name: a
                type: dashboard
                config:
                  enabled: false
                # end
              - name: b
            ----
            exposures:
              - name: a
                meta: {x: y}
                config:
                  enabled: false
            ----
            exposures:␍
            - name: a␍
              config: # c␍
                enabled: false␍
                # tags␍
                tags: [x]␍
            - name: b␍
            ----
            exposures:
              - name: a
                config: {enabled: false, tags: [x]} # c
                url: u
            ----
            exposures:
              - name: a
                description: |+
                config:
                  enabled: false
              - name: b
            ----
            exposures:
              - name: a
                config: {enabled: false}
            ----
            exposures:
              - name: a
                config: # none
                  enabled: false
                url: u
            ----
            exposures:
              - name: a
                config:
                  enabled: false
            ----
            exposures:
              - name: a
                config:
                    enabled: false # c
                    tags: [x]
            ----
            exposures:
              - name: a
                config:
                  tags: [x]
                  enabled: false
            ----
            exposures:
              - name: a
                config: {enabled: false}
            ----
            exposures:
              - {name: a, url: u, config: {enabled: false}}
            ----
            exposures:
              - {name: a, config: {enabled: false} , url: u}
            ----
            exposures:
              - name: b
                config:
                  enabled: true
                depends_on: []
              - name: a
                type: dashboard
                config:
                  enabled: false
                depends_on: []
            ----
            exposures:
                - name: b
                  owner:
                      name: x
                - name: a
                  config:
                      enabled: false
        "#]],
    );
}

#[test]
fn what_is_disabled_stays_as_it_is_written() {
    let text = |value| format!("exposures:\n  - name: a\n    config:\n      enabled: {value}\n");
    let shown = ["false", "no", "False # c"].map(|value| disable(&text(value)));
    all(
        shown,
        expect![[r#"
        as it was
        ----
        as it was
        ----
        as it was
    "#]],
    );
}

#[test]
fn what_cannot_be_disabled_exactly_is_refused() {
    let shown = [
        "exposures:\n  - name: a\n    config:\n      enabled: \"{{ target.name == 'prod' }}\"\n",
        "exposures:\n  - name: a\n    config: [x]\n",
        "exposures:\n  - name: a\n    config: &c {tags: [x]}\n  - name: b\n    config: *c\n",
        "exposures:\n  - name: b\n    config: &c {tags: [x]}\n  - name: a\n    config: *c\n",
        "x: &c\n  enabled: true\nexposures:\n  - name: a\n    config:\n      <<: *c\n",
        "x: &c\n  config: {}\nexposures:\n  - name: a\n    <<: *c\n",
    ]
    .map(disable);
    all(
        shown,
        expect![[r#"
        refused: `config.enabled` on line 4 holds Jinja that someone wrote and an edit would undo; change it by hand
        ----
        refused: `config` on line 3 has no keys below it; write it as a map first
        ----
        refused: line 3 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 5 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 2 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
        ----
        refused: line 2 has an anchor or an alias, so a change there would change other parts of the file; edit it by hand
    "#]],
    );
}
