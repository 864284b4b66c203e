"""Chat templates that make no prompt are refused when the model is loaded, with their own words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import BartConfig, BartForCausalLM

from schema.catalog import load_catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results.reply import ReplyDraft
from tests.support.causal_models import settled
from tests.support.chat_checkpoints import CHAT, build_chat, build_tokenizer
from workers.analyses import load_analysis
from workers.engine.engine import Engine
from workers.errors import ModelError

DOCUMENT = Document(1, "The lamp broke.", "en")


def analysis_of(folder: Path) -> Any:
    path = folder / "catalog.toml"
    path.write_text('[reply]\nmodel = "./model"\noptions = { max_new_tokens = 8 }\n', "utf-8")
    return load_analysis("reply", load_catalog(str(path)), "cpu")


def edit(file: Path, **changes: Any) -> None:
    said = json.loads(file.read_text("utf-8")) if file.exists() else {}
    file.write_text(json.dumps(said | changes), "utf-8")


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ bos_token + 'x' }}" + CHAT, r"makes no prompt \('bos_token' is undefined\)"),
        ("{% for message in %}", "makes no prompt .*[Ee]xpected"),
        ("{{ raise_exception('not today') }}", "makes no prompt .not today"),
        ("{{ messages.append(1) }}" + CHAT, "makes no prompt .*unsafe"),
        ("{{ messages[0]['content'] + 1 }}", "makes no prompt .*str"),
        ("{{ messages[0]['role'] }}", "leaves out what the customer says"),
        ("{% for m in messages %}{{ m['content'][0]['text'] }}{% endfor %}", "leaves out"),
    ],
)
def test_one_that_makes_no_prompt_is_refused(tmp_path: Path, template: str, reason: str) -> None:
    build_chat(tmp_path / "model", template=template)
    with pytest.raises(ModelError, match=reason) as refused:
        analysis_of(tmp_path)
    assert "chat_template" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("in_folder", [True, False])
def test_of_several_one_has_to_be_the_one_for_all(tmp_path: Path, in_folder: bool) -> None:
    folder = build_chat(tmp_path / "model", template=None)
    if in_folder:
        (folder / "additional_chat_templates").mkdir()
        (folder / "additional_chat_templates" / "rag.jinja").write_text(CHAT, "utf-8")
    else:
        several = [{"name": "rag", "template": CHAT}]
        edit(folder / "tokenizer_config.json", chat_template=several)
    with pytest.raises(ModelError, match="its chat templates are rag, and none of them is called"):
        analysis_of(tmp_path)
    (folder / "chat_template.jinja").write_text(CHAT, "utf-8")
    assert analysis_of(tmp_path)._prompts.kind == "chat"


def test_special_tokens_without_a_name_are_there(tmp_path: Path) -> None:
    """Transformers 5 calls them otherwise; templates of before ask for them by the old name."""
    folder = build_chat(tmp_path / "model", template="{{ additional_special_tokens[0] }}" + CHAT)
    edit(folder / "tokenizer_config.json", additional_special_tokens=["<|im_start|>"])
    said = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    said.pop("extra_special_tokens", None)
    (folder / "tokenizer_config.json").write_text(json.dumps(said), "utf-8")
    prompt = analysis_of(tmp_path)._prompts.prompt(DOCUMENT, DOCUMENT.text)
    assert prompt.startswith("<|im_start|><|im_start|>system")


@pytest.mark.parametrize("in_file", [True, False])
def test_a_blank_one_is_none(tmp_path: Path, in_file: bool) -> None:
    folder = build_chat(tmp_path / "model", template=None)
    if in_file:
        (folder / "chat_template.jinja").write_text("\n", "utf-8")
    else:
        edit(folder / "tokenizer_config.json", chat_template="")
    analysis = analysis_of(tmp_path)
    assert analysis._prompts.kind == "plain"
    # Then what begins a text is the tokenizer's to say.
    assert analysis._model.tokenizer.chat_template is None


@pytest.mark.parametrize("value", ["258", ["258"], 2.0, [257, True]])
def test_a_token_that_is_no_number_is_named(tmp_path: Path, value: Any) -> None:
    folder = build_chat(tmp_path / "model")
    edit(folder / "generation_config.json", eos_token_id=value)
    with pytest.raises(ModelError, match="eos_token_id in its generation_config.json"):
        analysis_of(tmp_path)


def test_no_token_that_ends_a_text_leaves_it_to_the_tokenizer(tmp_path: Path) -> None:
    folder = build_chat(tmp_path / "model")
    edit(folder / "generation_config.json", eos_token_id=[])
    assert analysis_of(tmp_path)._writer._settings.eos_token_id == 257


def test_the_decoder_of_bart_alone_writes_by_generate(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "model"
    build_tokenizer(folder, None)
    sizes: dict[str, Any] = {"d_model": 32, "decoder_layers": 2, "decoder_attention_heads": 4}
    sizes |= {"vocab_size": 280, "decoder_ffn_dim": 40, "max_position_embeddings": 512}
    settled(BartForCausalLM(BartConfig(**sizes))).save_pretrained(folder)
    (draft,) = Engine(analysis_of(tmp_path)).run([DOCUMENT], RunOptions())
    assert isinstance(draft, list) and isinstance(draft[0], ReplyDraft)
    assert "a BartForCausalLM" in caplog.text


def test_a_reformer_is_refused(tmp_path: Path) -> None:
    edit(build_chat(tmp_path / "model") / "config.json", model_type="reformer")
    with pytest.raises(ModelError, match="'reformer' is computed otherwise"):
        analysis_of(tmp_path)
