// sha256 of assets/studio and package-lock.json: 50a0e830eeb56ca6e3a502ac97717360557bbd3a736f3010f9adfd79adeb90e2
(()=>{var _o=Object.create;var cs=Object.defineProperty;var ko=Object.getOwnPropertyDescriptor;var yo=Object.getOwnPropertyNames;var vo=Object.getPrototypeOf,wo=Object.prototype.hasOwnProperty;var xo=(e,t)=>()=>{try{return t||e((t={exports:{}}).exports,t),t.exports}catch(n){throw t=0,n}};var So=(e,t,n,s)=>{if(t&&typeof t=="object"||typeof t=="function")for(let o of yo(t))!wo.call(e,o)&&o!==n&&cs(e,o,{get:()=>t[o],enumerable:!(s=ko(t,o))||s.enumerable});return e};var Eo=(e,t,n)=>(n=e!=null?_o(vo(e)):{},So(t||!e||!e.__esModule?cs(n,"default",{value:e,enumerable:!0}):n,e));var ir=xo((bc,ar)=>{function qs(e){return e instanceof Map?e.clear=e.delete=e.set=function(){throw new Error("map is read-only")}:e instanceof Set&&(e.add=e.clear=e.delete=function(){throw new Error("set is read-only")}),Object.freeze(e),Object.getOwnPropertyNames(e).forEach(t=>{let n=e[t],s=typeof n;(s==="object"||s==="function")&&!Object.isFrozen(n)&&qs(n)}),e}var Et=class{constructor(t){t.data===void 0&&(t.data={}),this.data=t.data,this.isMatchIgnored=!1}ignoreMatch(){this.isMatchIgnored=!0}};function Xs(e){return e.replace(/&/g,"&amp;").replace(/</g,"&lt;").replace(/>/g,"&gt;").replace(/"/g,"&quot;").replace(/'/g,"&#x27;")}function De(e,...t){let n=Object.create(null);for(let s in e)n[s]=e[s];return t.forEach(function(s){for(let o in s)n[o]=s[o]}),n}var Fo="</span>",Us=e=>!!e.scope,Ho=(e,{prefix:t})=>{if(e.startsWith("language:"))return e.replace("language:","language-");if(e.includes(".")){let n=e.split(".");return[`${t}${n.shift()}`,...n.map((s,o)=>`${s}${"_".repeat(o+1)}`)].join(" ")}return`${t}${e}`},hn=class{constructor(t,n){this.buffer="",this.classPrefix=n.classPrefix,t.walk(this)}addText(t){this.buffer+=Xs(t)}openNode(t){if(!Us(t))return;let n=Ho(t.scope,{prefix:this.classPrefix});this.span(n)}closeNode(t){Us(t)&&(this.buffer+=Fo)}value(){return this.buffer}span(t){this.buffer+=`<span class="${t}">`}},Ws=(e={})=>{let t={children:[]};return Object.assign(t,e),t},mn=class e{constructor(){this.rootNode=Ws(),this.stack=[this.rootNode]}get top(){return this.stack[this.stack.length-1]}get root(){return this.rootNode}add(t){this.top.children.push(t)}openNode(t){let n=Ws({scope:t});this.add(n),this.stack.push(n)}closeNode(){if(this.stack.length>1)return this.stack.pop()}closeAllNodes(){for(;this.closeNode(););}toJSON(){return JSON.stringify(this.rootNode,null,4)}walk(t){return this.constructor._walk(t,this.rootNode)}static _walk(t,n){return typeof n=="string"?t.addText(n):n.children&&(t.openNode(n),n.children.forEach(s=>this._walk(t,s)),t.closeNode(n)),t}static _collapse(t){typeof t!="string"&&t.children&&(t.children.every(n=>typeof n=="string")?t.children=[t.children.join("")]:t.children.forEach(n=>{e._collapse(n)}))}},gn=class extends mn{constructor(t){super(),this.options=t}addText(t){t!==""&&this.add(t)}startScope(t){this.openNode(t)}endScope(){this.closeNode()}__addSublanguage(t,n){let s=t.root;n&&(s.scope=`language:${n}`),this.add(s)}toHTML(){return new hn(this,this.options).value()}finalize(){return this.closeAllNodes(),!0}};function at(e){return e?typeof e=="string"?e:e.source:null}function Js(e){return Ve("(?=",e,")")}function Uo(e){return Ve("(?:",e,")*")}function Wo(e){return Ve("(?:",e,")?")}function Ve(...e){return e.map(n=>at(n)).join("")}function Ko(e){let t=e[e.length-1];return typeof t=="object"&&t.constructor===Object?(e.splice(e.length-1,1),t):{}}function _n(...e){return"("+(Ko(e).capture?"":"?:")+e.map(s=>at(s)).join("|")+")"}function Zs(e){return new RegExp(e.toString()+"|").exec("").length-1}function Go(e,t){let n=e&&e.exec(t);return n&&n.index===0}var Vo=/\[(?:[^\\\]]|\\.)*\]|\(\??|\\([1-9][0-9]*)|\\./;function kn(e,{joinWith:t}){let n=0;return e.map(s=>{n+=1;let o=n,r=at(s),a="";for(;r.length>0;){let l=Vo.exec(r);if(!l){a+=r;break}a+=r.substring(0,l.index),r=r.substring(l.index+l[0].length),l[0][0]==="\\"&&l[1]?a+="\\"+String(Number(l[1])+o):(a+=l[0],l[0]==="("&&n++)}return a}).map(s=>`(${s})`).join(t)}var zo=/\b\B/,Ys="[a-zA-Z]\\w*",yn="[a-zA-Z_]\\w*",Qs="\\b\\d+(\\.\\d+)?",er="(-?)(\\b0[xX][a-fA-F0-9]+|(\\b\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?)",tr="\\b(0b[01]+)",qo="!|!=|!==|%|%=|&|&&|&=|\\*|\\*=|\\+|\\+=|,|-|-=|/=|/|:|;|<<|<<=|<=|<|===|==|=|>>>=|>>=|>=|>>>|>>|>|\\?|\\[|\\{|\\(|\\^|\\^=|\\||\\|=|\\|\\||~",Xo=(e={})=>{let t=/^#![ ]*\//;return e.binary&&(e.begin=Ve(t,/.*\b/,e.binary,/\b.*/)),De({scope:"meta",begin:t,end:/$/,relevance:0,"on:begin":(n,s)=>{n.index!==0&&s.ignoreMatch()}},e)},it={begin:"\\\\[\\s\\S]",relevance:0},Jo={scope:"string",begin:"'",end:"'",illegal:"\\n",contains:[it]},Zo={scope:"string",begin:'"',end:'"',illegal:"\\n",contains:[it]},Yo={begin:/\b(a|an|the|are|I'm|isn't|don't|doesn't|won't|but|just|should|pretty|simply|enough|gonna|going|wtf|so|such|will|you|your|they|like|more)\b/},Mt=function(e,t,n={}){let s=De({scope:"comment",begin:e,end:t,contains:[]},n);s.contains.push({scope:"doctag",begin:"[ ]*(?=(TODO|FIXME|NOTE|BUG|OPTIMIZE|HACK|XXX):)",end:/(TODO|FIXME|NOTE|BUG|OPTIMIZE|HACK|XXX):/,excludeBegin:!0,relevance:0});let o=_n("I","a","is","so","us","to","at","if","in","it","on",/[A-Za-z]+['](d|ve|re|ll|t|s|n)/,/[A-Za-z]+[-][a-z]+/,/[A-Za-z][a-z]{2,}/);return s.contains.push({begin:Ve(/[ ]+/,"(",o,/[.]?[:]?([.][ ]|[ ])/,"){3}")}),s},Qo=Mt("//","$"),ea=Mt("/\\*","\\*/"),ta=Mt("#","$"),na={scope:"number",begin:Qs,relevance:0},sa={scope:"number",begin:er,relevance:0},ra={scope:"number",begin:tr,relevance:0},oa={scope:"regexp",begin:/\/(?=[^/\n]*\/)/,end:/\/[gimuy]*/,contains:[it,{begin:/\[/,end:/\]/,relevance:0,contains:[it]}]},aa={scope:"title",begin:Ys,relevance:0},ia={scope:"title",begin:yn,relevance:0},la={begin:"\\.\\s*"+yn,relevance:0},ca=function(e){return Object.assign(e,{"on:begin":(t,n)=>{n.data._beginMatch=t[1]},"on:end":(t,n)=>{n.data._beginMatch!==t[1]&&n.ignoreMatch()}})},St=Object.freeze({__proto__:null,APOS_STRING_MODE:Jo,BACKSLASH_ESCAPE:it,BINARY_NUMBER_MODE:ra,BINARY_NUMBER_RE:tr,COMMENT:Mt,C_BLOCK_COMMENT_MODE:ea,C_LINE_COMMENT_MODE:Qo,C_NUMBER_MODE:sa,C_NUMBER_RE:er,END_SAME_AS_BEGIN:ca,HASH_COMMENT_MODE:ta,IDENT_RE:Ys,MATCH_NOTHING_RE:zo,METHOD_GUARD:la,NUMBER_MODE:na,NUMBER_RE:Qs,PHRASAL_WORDS_MODE:Yo,QUOTE_STRING_MODE:Zo,REGEXP_MODE:oa,RE_STARTERS_RE:qo,SHEBANG:Xo,TITLE_MODE:aa,UNDERSCORE_IDENT_RE:yn,UNDERSCORE_TITLE_MODE:ia});function ua(e,t){e.input[e.index-1]==="."&&t.ignoreMatch()}function pa(e,t){e.className!==void 0&&(e.scope=e.className,delete e.className)}function da(e,t){t&&e.beginKeywords&&(e.begin="\\b("+e.beginKeywords.split(" ").join("|")+")(?!\\.)(?=\\b|\\s)",e.__beforeBegin=ua,e.keywords=e.keywords||e.beginKeywords,delete e.beginKeywords,e.relevance===void 0&&(e.relevance=0))}function $a(e,t){Array.isArray(e.illegal)&&(e.illegal=_n(...e.illegal))}function fa(e,t){if(e.match){if(e.begin||e.end)throw new Error("begin & end are not supported with match");e.begin=e.match,delete e.match}}function ha(e,t){e.relevance===void 0&&(e.relevance=1)}var ma=(e,t)=>{if(!e.beforeMatch)return;if(e.starts)throw new Error("beforeMatch cannot be used with starts");let n=Object.assign({},e);Object.keys(e).forEach(s=>{delete e[s]}),e.keywords=n.keywords,e.begin=Ve(n.beforeMatch,Js(n.begin)),e.starts={relevance:0,contains:[Object.assign(n,{endsParent:!0})]},e.relevance=0,delete n.beforeMatch},ga=["of","and","for","in","not","or","if","then","parent","list","value"],ba="keyword";function nr(e,t,n=ba){let s=Object.create(null);return typeof e=="string"?o(n,e.split(" ")):Array.isArray(e)?o(n,e):Object.keys(e).forEach(function(r){Object.assign(s,nr(e[r],t,r))}),s;function o(r,a){t&&(a=a.map(l=>l.toLowerCase())),a.forEach(function(l){let c=l.split("|");s[c[0]]=[r,_a(c[0],c[1])]})}}function _a(e,t){return t?Number(t):ka(e)?0:1}function ka(e){return ga.includes(e.toLowerCase())}var Ks={},Ge=e=>{console.error(e)},Gs=(e,...t)=>{console.log(`WARN: ${e}`,...t)},Je=(e,t)=>{Ks[`${e}/${t}`]||(console.log(`Deprecated as of ${e}. ${t}`),Ks[`${e}/${t}`]=!0)},Tt=new Error;function sr(e,t,{key:n}){let s=0,o=e[n],r={},a={};for(let l=1;l<=t.length;l++)a[l+s]=o[l],r[l+s]=!0,s+=Zs(t[l-1]);e[n]=a,e[n]._emit=r,e[n]._multi=!0}function ya(e){if(Array.isArray(e.begin)){if(e.skip||e.excludeBegin||e.returnBegin)throw Ge("skip, excludeBegin, returnBegin not compatible with beginScope: {}"),Tt;if(typeof e.beginScope!="object"||e.beginScope===null)throw Ge("beginScope must be object"),Tt;sr(e,e.begin,{key:"beginScope"}),e.begin=kn(e.begin,{joinWith:""})}}function va(e){if(Array.isArray(e.end)){if(e.skip||e.excludeEnd||e.returnEnd)throw Ge("skip, excludeEnd, returnEnd not compatible with endScope: {}"),Tt;if(typeof e.endScope!="object"||e.endScope===null)throw Ge("endScope must be object"),Tt;sr(e,e.end,{key:"endScope"}),e.end=kn(e.end,{joinWith:""})}}function wa(e){e.scope&&typeof e.scope=="object"&&e.scope!==null&&(e.beginScope=e.scope,delete e.scope)}function xa(e){wa(e),typeof e.beginScope=="string"&&(e.beginScope={_wrap:e.beginScope}),typeof e.endScope=="string"&&(e.endScope={_wrap:e.endScope}),ya(e),va(e)}function Sa(e){function t(a,l){return new RegExp(at(a),"m"+(e.case_insensitive?"i":"")+(e.unicodeRegex?"u":"")+(l?"g":""))}class n{constructor(){this.matchIndexes={},this.regexes=[],this.matchAt=1,this.position=0}addRule(l,c){c.position=this.position++,this.matchIndexes[this.matchAt]=c,this.regexes.push([c,l]),this.matchAt+=Zs(l)+1}compile(){this.regexes.length===0&&(this.exec=()=>null);let l=this.regexes.map(c=>c[1]);this.matcherRe=t(kn(l,{joinWith:"|"}),!0),this.lastIndex=0}exec(l){this.matcherRe.lastIndex=this.lastIndex;let c=this.matcherRe.exec(l);if(!c)return null;let p=c.findIndex(($,f)=>f>0&&$!==void 0),u=this.matchIndexes[p];return c.splice(0,p),Object.assign(c,u)}}class s{constructor(){this.rules=[],this.multiRegexes=[],this.count=0,this.lastIndex=0,this.regexIndex=0}getMatcher(l){if(this.multiRegexes[l])return this.multiRegexes[l];let c=new n;return this.rules.slice(l).forEach(([p,u])=>c.addRule(p,u)),c.compile(),this.multiRegexes[l]=c,c}resumingScanAtSamePosition(){return this.regexIndex!==0}considerAll(){this.regexIndex=0}addRule(l,c){this.rules.push([l,c]),c.type==="begin"&&this.count++}exec(l){let c=this.getMatcher(this.regexIndex);c.lastIndex=this.lastIndex;let p=c.exec(l);if(this.resumingScanAtSamePosition()&&!(p&&p.index===this.lastIndex)){let u=this.getMatcher(0);u.lastIndex=this.lastIndex+1,p=u.exec(l)}return p&&(this.regexIndex+=p.position+1,this.regexIndex===this.count&&this.considerAll()),p}}function o(a){let l=new s;return a.contains.forEach(c=>l.addRule(c.begin,{rule:c,type:"begin"})),a.terminatorEnd&&l.addRule(a.terminatorEnd,{type:"end"}),a.illegal&&l.addRule(a.illegal,{type:"illegal"}),l}function r(a,l){let c=a;if(a.isCompiled)return c;[pa,fa,xa,ma].forEach(u=>u(a,l)),e.compilerExtensions.forEach(u=>u(a,l)),a.__beforeBegin=null,[da,$a,ha].forEach(u=>u(a,l)),a.isCompiled=!0;let p=null;return typeof a.keywords=="object"&&a.keywords.$pattern&&(a.keywords=Object.assign({},a.keywords),p=a.keywords.$pattern,delete a.keywords.$pattern),p=p||/\w+/,a.keywords&&(a.keywords=nr(a.keywords,e.case_insensitive)),c.keywordPatternRe=t(p,!0),l&&(a.begin||(a.begin=/\B|\b/),c.beginRe=t(c.begin),!a.end&&!a.endsWithParent&&(a.end=/\B|\b/),a.end&&(c.endRe=t(c.end)),c.terminatorEnd=at(c.end)||"",a.endsWithParent&&l.terminatorEnd&&(c.terminatorEnd+=(a.end?"|":"")+l.terminatorEnd)),a.illegal&&(c.illegalRe=t(a.illegal)),a.contains||(a.contains=[]),a.contains=[].concat(...a.contains.map(function(u){return Ea(u==="self"?a:u)})),a.contains.forEach(function(u){r(u,c)}),a.starts&&r(a.starts,l),c.matcher=o(c),c}if(e.compilerExtensions||(e.compilerExtensions=[]),e.contains&&e.contains.includes("self"))throw new Error("ERR: contains `self` is not supported at the top-level of a language.  See documentation.");return e.classNameAliases=De(e.classNameAliases||{}),r(e)}function rr(e){return e?e.endsWithParent||rr(e.starts):!1}function Ea(e){return e.variants&&!e.cachedVariants&&(e.cachedVariants=e.variants.map(function(t){return De(e,{variants:null},t)})),e.cachedVariants?e.cachedVariants:rr(e)?De(e,{starts:e.starts?De(e.starts):null}):Object.isFrozen(e)?De(e):e}var Ta="11.11.2",bn=class extends Error{constructor(t,n){super(t),this.name="HTMLInjectionError",this.html=n}},fn=Xs,Vs=De,zs=Symbol("nomatch"),Ma=7,or=function(e){let t=Object.create(null),n=Object.create(null),s=[],o=!0,r="Could not find the language '{}', did you forget to load/include a language module?",a={disableAutodetect:!0,name:"Plain text",contains:[]},l={ignoreUnescapedHTML:!1,throwUnescapedHTML:!1,noHighlightRe:/^(no-?highlight)$/i,languageDetectRe:/\blang(?:uage)?-([\w-]+)\b/i,classPrefix:"hljs-",cssSelector:"pre code",languages:null,__emitter:gn};function c(_){return l.noHighlightRe.test(_)}function p(_){let x=_.className+" ";x+=_.parentNode?_.parentNode.className:"";let C=l.languageDetectRe.exec(x);if(C){let K=B(C[1]);return K||(Gs(r.replace("{}",C[1])),Gs("Falling back to no-highlight mode for this block.",_)),K?C[1]:"no-highlight"}return x.split(/\s+/).find(K=>c(K)||B(K))}function u(_,x,C){let K="",q="";typeof x=="object"?(K=_,C=x.ignoreIllegals,q=x.language):(Je("10.7.0","highlight(lang, code, ...args) has been deprecated."),Je("10.7.0",`Please use highlight(code, options) instead.
https://github.com/highlightjs/highlight.js/issues/2277`),q=_,K=x),C===void 0&&(C=!0);let we={code:K,language:q};Q("before:highlight",we);let Ie=we.result?we.result:$(we.language,we.code,C);return Ie.code=we.code,Q("after:highlight",Ie),Ie}function $(_,x,C,K){let q=Object.create(null);function we(y,E){return y.keywords[E]}function Ie(){if(!A.keywords){ce.addText(X);return}let y=0;A.keywordPatternRe.lastIndex=0;let E=A.keywordPatternRe.exec(X),P="";for(;E;){P+=X.substring(y,E.index);let U=Ee.case_insensitive?E[0].toLowerCase():E[0],de=we(A,U);if(de){let[Ne,go]=de;if(ce.addText(P),P="",q[U]=(q[U]||0)+1,q[U]<=Ma&&(gt+=go),Ne.startsWith("_"))P+=E[0];else{let bo=Ee.classNameAliases[Ne]||Ne;Se(E[0],bo)}}else P+=E[0];y=A.keywordPatternRe.lastIndex,E=A.keywordPatternRe.exec(X)}P+=X.substring(y),ce.addText(P)}function ht(){if(X==="")return;let y=null;if(typeof A.subLanguage=="string"){if(!t[A.subLanguage]){ce.addText(X);return}y=$(A.subLanguage,X,!0,ls[A.subLanguage]),ls[A.subLanguage]=y._top}else y=d(X,A.subLanguage.length?A.subLanguage:null);A.relevance>0&&(gt+=y.relevance),ce.__addSublanguage(y._emitter,y.language)}function ge(){A.subLanguage!=null?ht():Ie(),X=""}function Se(y,E){y!==""&&(ce.startScope(E),ce.addText(y),ce.endScope())}function rs(y,E){let P=1,U=E.length-1;for(;P<=U;){if(!y._emit[P]){P++;continue}let de=Ee.classNameAliases[y[P]]||y[P],Ne=E[P];de?Se(Ne,de):(X=Ne,Ie(),X=""),P++}}function os(y,E){return y.scope&&typeof y.scope=="string"&&ce.openNode(Ee.classNameAliases[y.scope]||y.scope),y.beginScope&&(y.beginScope._wrap?(Se(X,Ee.classNameAliases[y.beginScope._wrap]||y.beginScope._wrap),X=""):y.beginScope._multi&&(rs(y.beginScope,E),X="")),A=Object.create(y,{parent:{value:A}}),A}function as(y,E,P){let U=Go(y.endRe,P);if(U){if(y["on:end"]){let de=new Et(y);y["on:end"](E,de),de.isMatchIgnored&&(U=!1)}if(U){for(;y.endsParent&&y.parent;)y=y.parent;return y}}if(y.endsWithParent)return as(y.parent,E,P)}function po(y){return A.matcher.regexIndex===0?(X+=y[0],1):(qt=!0,0)}function $o(y){let E=y[0],P=y.rule,U=new Et(P),de=[P.__beforeBegin,P["on:begin"]];for(let Ne of de)if(Ne&&(Ne(y,U),U.isMatchIgnored))return po(E);return P.skip?X+=E:(P.excludeBegin&&(X+=E),ge(),!P.returnBegin&&!P.excludeBegin&&(X=E)),os(P,y),P.returnBegin?0:E.length}function fo(y){let E=y[0],P=x.substring(y.index),U=as(A,y,P);if(!U)return zs;let de=A;A.endScope&&A.endScope._wrap?(ge(),Se(E,A.endScope._wrap)):A.endScope&&A.endScope._multi?(ge(),rs(A.endScope,y)):de.skip?X+=E:(de.returnEnd||de.excludeEnd||(X+=E),ge(),de.excludeEnd&&(X=E));do A.scope&&ce.closeNode(),!A.skip&&!A.subLanguage&&(gt+=A.relevance),A=A.parent;while(A!==U.parent);return U.starts&&os(U.starts,y),de.returnEnd?0:E.length}function ho(){let y=[];for(let E=A;E!==Ee;E=E.parent)E.scope&&y.unshift(E.scope);y.forEach(E=>ce.openNode(E))}let mt={};function is(y,E){let P=E&&E[0];if(X+=y,P==null)return ge(),0;if(mt.type==="begin"&&E.type==="end"&&mt.index===E.index&&P===""){if(X+=x.slice(E.index,E.index+1),!o){let U=new Error(`0 width match regex (${_})`);throw U.languageName=_,U.badRule=mt.rule,U}return 1}if(mt=E,E.type==="begin")return $o(E);if(E.type==="illegal"&&!C){let U=new Error('Illegal lexeme "'+P+'" for mode "'+(A.scope||"<unnamed>")+'"');throw U.mode=A,U}else if(E.type==="end"){let U=fo(E);if(U!==zs)return U}if(E.type==="illegal"&&P==="")return E.index===x.length||(X+=`
`),1;if(zt>1e5&&zt>E.index*3)throw new Error("potential infinite loop, way more iterations than matches");return X+=P,P.length}let Ee=B(_);if(!Ee)throw Ge(r.replace("{}",_)),new Error('Unknown language: "'+_+'"');let mo=Sa(Ee),Vt="",A=K||mo,ls={},ce=new l.__emitter(l);ho();let X="",gt=0,Fe=0,zt=0,qt=!1;try{if(Ee.__emitTokens)Ee.__emitTokens(x,ce);else{for(A.matcher.considerAll();;){zt++,qt?qt=!1:A.matcher.considerAll(),A.matcher.lastIndex=Fe;let y=A.matcher.exec(x);if(!y)break;let E=x.substring(Fe,y.index),P=is(E,y);Fe=y.index+P}is(x.substring(Fe))}return ce.finalize(),Vt=ce.toHTML(),{language:_,value:Vt,relevance:gt,illegal:!1,_emitter:ce,_top:A}}catch(y){if(y.message&&y.message.includes("Illegal"))return{language:_,value:fn(x),illegal:!0,relevance:0,_illegalBy:{message:y.message,index:Fe,context:x.slice(Fe-100,Fe+100),mode:y.mode,resultSoFar:Vt},_emitter:ce};if(o)return{language:_,value:fn(x),illegal:!1,relevance:0,errorRaised:y,_emitter:ce,_top:A};throw y}}function f(_){let x={value:fn(_),illegal:!1,relevance:0,_top:a,_emitter:new l.__emitter(l)};return x._emitter.addText(_),x}function d(_,x){x=x||l.languages||Object.keys(t);let C=f(_),K=x.filter(B).filter(M).map(ge=>$(ge,_,!1));K.unshift(C);let q=K.sort((ge,Se)=>{if(ge.relevance!==Se.relevance)return Se.relevance-ge.relevance;if(ge.language&&Se.language){if(B(ge.language).supersetOf===Se.language)return 1;if(B(Se.language).supersetOf===ge.language)return-1}return 0}),[we,Ie]=q,ht=we;return ht.secondBest=Ie,ht}function g(_,x,C){let K=x&&n[x]||C;_.classList.add("hljs"),_.classList.add(`language-${K}`)}function m(_){let x=null,C=p(_);if(c(C))return;if(Q("before:highlightElement",{el:_,language:C}),_.dataset.highlighted){console.log("Element previously highlighted. To highlight again, first unset `dataset.highlighted`.",_);return}if(_.children.length>0&&(l.ignoreUnescapedHTML||(console.warn("One of your code blocks includes unescaped HTML. This is a potentially serious security risk."),console.warn("https://github.com/highlightjs/highlight.js/wiki/security"),console.warn("The element with unescaped HTML:"),console.warn(_)),l.throwUnescapedHTML))throw new bn("One of your code blocks includes unescaped HTML.",_.innerHTML);x=_;let K=x.textContent,q=C?u(K,{language:C,ignoreIllegals:!0}):d(K);_.innerHTML=q.value,_.dataset.highlighted="yes",g(_,C,q.language),_.result={language:q.language,re:q.relevance,relevance:q.relevance},q.secondBest&&(_.secondBest={language:q.secondBest.language,relevance:q.secondBest.relevance}),Q("after:highlightElement",{el:_,result:q,text:K})}function b(_){l=Vs(l,_)}let w=()=>{v(),Je("10.6.0","initHighlighting() deprecated.  Use highlightAll() now.")};function S(){v(),Je("10.6.0","initHighlightingOnLoad() deprecated.  Use highlightAll() now.")}let k=!1;function v(){function _(){v()}if(document.readyState==="loading"){k||window.addEventListener("DOMContentLoaded",_,!1),k=!0;return}document.querySelectorAll(l.cssSelector).forEach(m)}function pe(_,x){let C=null;try{C=x(e)}catch(K){if(Ge("Language definition for '{}' could not be registered.".replace("{}",_)),o)Ge(K);else throw K;C=a}C.name||(C.name=_),t[_]=C,C.rawDefinition=x.bind(null,e),C.aliases&&le(C.aliases,{languageName:_})}function ve(_){delete t[_];for(let x of Object.keys(n))n[x]===_&&delete n[x]}function O(){return Object.keys(t)}function B(_){return _=(_||"").toLowerCase(),t[_]||t[n[_]]}function le(_,{languageName:x}){typeof _=="string"&&(_=[_]),_.forEach(C=>{n[C.toLowerCase()]=x})}function M(_){let x=B(_);return x&&!x.disableAutodetect}function H(_){_["before:highlightBlock"]&&!_["before:highlightElement"]&&(_["before:highlightElement"]=x=>{_["before:highlightBlock"](Object.assign({block:x.el},x))}),_["after:highlightBlock"]&&!_["after:highlightElement"]&&(_["after:highlightElement"]=x=>{_["after:highlightBlock"](Object.assign({block:x.el},x))})}function ae(_){H(_),s.push(_)}function re(_){let x=s.indexOf(_);x!==-1&&s.splice(x,1)}function Q(_,x){let C=_;s.forEach(function(K){K[C]&&K[C](x)})}function me(_){return Je("10.7.0","highlightBlock will be removed entirely in v12.0"),Je("10.7.0","Please use highlightElement now."),m(_)}Object.assign(e,{highlight:u,highlightAuto:d,highlightAll:v,highlightElement:m,highlightBlock:me,configure:b,initHighlighting:w,initHighlightingOnLoad:S,registerLanguage:pe,unregisterLanguage:ve,listLanguages:O,getLanguage:B,registerAliases:le,autoDetection:M,inherit:Vs,addPlugin:ae,removePlugin:re}),e.debugMode=function(){o=!1},e.safeMode=function(){o=!0},e.versionString=Ta,e.regex={concat:Ve,lookahead:Js,either:_n,optional:Wo,anyNumberOfTimes:Uo};for(let _ in St)typeof St[_]=="object"&&qs(St[_]);return Object.assign(e,St),e},Ze=or({});Ze.newInstance=()=>or({});ar.exports=Ze;Ze.HighlightJS=Ze;Ze.default=Ze});var J,ds,To,Le,Xt,yt,$s,_t,fs,Zt,Jt,Mo,nt=Symbol.for("pv"),vt={},wt=[],Oo=/^m(i|n|o|s|text|space)$/,Yt=Array.isArray,Qt=wt.slice,Ue=Object.assign;function He(e){e&&e.parentNode&&e.remove()}function en(e,t,n){var s,o,r,a={},l=arguments.length;for(r in t)r=="key"?s=t[r]:r=="ref"&&typeof e!="function"?o=t[r]:a[r]=t[r];return l>2&&(a.children=l>3?Qt.call(arguments,2):n),tt(e,a,s,o,null)}function tt(e,t,n,s,o){var r={type:e,props:t,key:n,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:nt,__v:o||++ds,__i:-1,__u:0};return!o&&J.vnode&&J.vnode(r),r}function xt(e){return e.children}function We(e,t){this.props=e,this.context=t,this.__g=0}function Be(e,t){if(t==null)return e.__&&Be(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:Be(e)}function Ro(e){var t,n=e.__v,s=n.__e,o=[],r=[],a=e.__P;a&&((t=Ue({constructor:nt},n)).__v=n.__v+1,J.vnode&&J.vnode(t),tn(a,t,n,e.__n,a.namespaceURI,32&n.__u?[s]:null,o,s||Be(n),32&n.__u,r),t.__v=n.__v,t.__.__k[t.__i]=t,ks(o,t,r),n.__=n.__e=null,t.__e!=s&&hs(t))}function hs(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),hs(e)}function us(e){(8&e.__g||(e.__g|=8,Le.push(e),yt++))&&Xt==J.debounceRendering||((Xt=J.debounceRendering)||queueMicrotask)(ms)}function ms(){try{for(var e,t=1;Le.length;)Le.length>t&&Le.sort($s),e=Le.shift(),t=Le.length,8&e.__g&&Ro(e)}finally{(yt=Le.length)&&(Xt||queueMicrotask)(ms)}}function gs(e,t,n,s,o,r,a,l,c,p,u){var $,f,d,g,m,b,w=s.__k||wt,S=t.length;for(c=Ao(n,t,w,c,S),$=0;$<S;$++)(d=n.__k[$])!=null&&(f=~d.__i&&w[d.__i]||vt,d.__i=$,b=tn(e,d,f,o,r,a,l,c,p,u),g=d.__e,(f.ref!=d.ref||8&f.__u)&&(f.ref&&nn(f.ref,null,d,f),d.ref&&u.push(d.ref,d.__c||g,d)),m=m||g,4&d.__u?(c=bs(d,c,e,!f.__v),f.__e&&(f.__e=null)):typeof d.type=="function"&&b!==void 0?c=b:g&&(c=g.nextSibling),d.__u&=-21);return n.__e=m,c}function Ao(e,t,n,s,o){var r,a,l,c,p,u,$,f,d,g=n.length,m=g,b=0,w=0,S=e.__k=Array(o);for(r=0;r<o;r++)(a=t[r])!=null&&typeof a!="boolean"&&typeof a!="function"?(typeof a!="object"||a.constructor===String?a=S[r]=tt(null,a):Yt(a)?a=S[r]=tt(xt,{children:a}):a.constructor===nt&&a.__b?a=S[r]=tt(a.type,a.props,a.key,a.ref,a.__v):S[r]=a,c=r+b,a.__=e,a.__b=e.__b+1,l=null,~(p=a.__i=Co(a,n,c,m))&&(m--,(l=n[p])&&(l.__u|=2)),l&&l.__v?(a.__u|=16,p==c-1?b--:p==c+1?b++:p!=c&&(p>c?b--:b++,w=1)):(~p||(o>g?b--:o<g&&b++),typeof a.type!="function"&&(a.__u|=4))):S[r]=null;if(w){for(u=[],$=[],r=0;r<o;r++)if((a=S[r])&&16&a.__u){for(b=0,f=u.length;b<f;)u[d=b+f>>1]<a.__i?b=d+1:f=d;u[b]=a.__i,$[r]=b+1}for(b=u.length;r--;)$[r]&&($[r]==b?b--:S[r].__u|=4)}if(m)for(r=0;r<g;r++)!(l=n[r])||2&l.__u||(l.__e==s&&(s=Be(l)),sn(l,l));return s}function bs(e,t,n,s){var o,r,a,l;if(typeof e.type=="function"){if(e.props.__P)return t;if(o=e.__k)for(r=0;r<o.length;r++)o[r]&&(o[r].__=e,t=bs(o[r],t,n,!1));return t}for(t&&!t.parentNode&&(t=Be(e))&&!t.parentNode&&(t=null),a=e.__e,l=t;l&&l.nodeType==8;)l=l.nextSibling;for(a!=l&&(!s&&n.moveBefore&&a.parentNode?n.moveBefore(a,t):n.insertBefore(a,t||null)),t=a;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function Co(e,t,n,s){var o,r=e.key,a=e.type,l=t[n],c=l&&!(2&l.__u);if(l===null&&r==null||c&&r==l.key&&a==l.type)return n;if(s>(c?1:0)){for(o=n-1;o>=0;o--)if((l=t[o])&&!(2&l.__u)&&r==l.key&&a==l.type)return o;for(o=n+1;o<t.length;o++)if((l=t[o])&&!(2&l.__u)&&r==l.key&&a==l.type)return o}return-1}function ps(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function bt(e,t,n,s,o){var r,a;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof s=="string"&&(e.style.cssText=s=""),s)for(t in s)n&&t in n||ps(e.style,t);if(n)for(t in n)s&&n[t]==s[t]||ps(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof s!="function"&&(s=null),(e.__e||(e.__e={}))[t]=n,n&&s||(a=Jt[t]||(Jt[t]=No(t)),(e.__a||(e.__a={}))[t]=Zt,r=t!=(t=t.replace(fs,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,a,r):e.removeEventListener(t,a,r));else{if(o=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function No(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[_t]==null)t[_t]=Zt++;else if(t[_t]<this.__a[e])return;return n(J.event?J.event(t):t)}}}function tn(e,t,n,s,o,r,a,l,c,p){var u,$,f,d,g,m,b,w,S,k,v,pe,ve,O,B,le,M,H,ae=t.type;if(t.constructor!==nt)return null;128&n.__u&&(c=32&n.__u,u=n.__c.__z)&&(t.__u|=c,$=r=[],u.nodeType==8?l=kt(u,r):r.push(u),l=r[0]||l),(u=J.__b)&&u(t);e:if(typeof ae=="function"){f=a.length;try{if(w=t.props,S=(u=ae.prototype)&&u.render,k=(u=ae.contextType)&&s[u.__c],v=u?k?k.props.value:u.__:s,(d=n.__c)?(t.__c=d,2&d.__g&&(d.__g|=1)):(S?t.__c=d=new ae(w,v):(t.__c=d=new We(w,v),d.constructor=ae,d.render=Io),k&&k.sub(d),d.state||(d.state={}),d.__n=s,d.__g|=8,d.__h=[],d.__k=[]),S&&(d.__s||(d.__s=d.state),ae.getDerivedStateFromProps&&(d.__s==d.state&&(d.__s=Ue({},d.__s)),Ue(d.__s,ae.getDerivedStateFromProps(w,d.__s)))),g=d.props,m=d.state,d.__v=t,n.__c){if(w!==g&&S&&!ae.getDerivedStateFromProps&&d.componentWillReceiveProps&&d.componentWillReceiveProps(w,v),t.__v==n.__v&&!(8&d.__g)||!(4&d.__g)&&d.shouldComponentUpdate&&d.shouldComponentUpdate(w,d.__s,v)===!1){t.__v!=n.__v&&(d.props=w,d.state=d.__s,d.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(re){re&&(re.__=t)}),wt.push.apply(d.__h,d.__k),d.__k=[],d.__h.length&&a.push(d),l=Be(n);break e}d.componentWillUpdate&&d.componentWillUpdate(w,d.__s,v),S&&d.componentDidUpdate&&d.__h.push(function(){d.componentDidUpdate(g,m,b)})}else S&&!ae.getDerivedStateFromProps&&d.componentWillMount&&d.componentWillMount(),S&&d.componentDidMount&&d.__h.push(d.componentDidMount);d.context=v,d.props=w,d.__P=e,d.__g&=-5,pe=J.__r,ve=S?25:0;do d.__g&=-9,pe&&pe(t),u=d.render(d.props,d.state=d.__s,d.context);while(8&d.__g&&++ve<25);S&&(wt.push.apply(d.__h,d.__k),d.__k=[]),d.state=d.__s,d.getChildContext&&(s=Ue({},s,d.getChildContext())),S&&n.__c&&d.getSnapshotBeforeUpdate&&(b=d.getSnapshotBeforeUpdate(g,m)),O=u&&u.type===xt&&u.key==null?u.props.children:u,w.__P&&(u=l,o=(e=w.__P).namespaceURI,c=r=null,n.props&&n.props.__P!=e&&(n.__k.some(function(re){re&&sn(re,re)}),n.__k=null),l=n.__k?Be(n,0):null),l=gs(e,Yt(O)?O:[O],t,n,s,o,r,a,l,c,p),w.__P&&(t.__e=null,l=u),t.__u&=-161,$&&$.some(He),d.__h.length&&a.push(d),1&d.__g&&(d.__g&=-4)}catch(re){if(a.length=f,t.__v=null,c||r)if(re&&re.then){if(t.__u|=128|c,r){for(~(M=r.indexOf(l||void 0))||(M=r.length);(H=r[M-1])&&H.nodeType==8;)M--;for(;M<r.length;M++)if(H=r[M])if(r[M]=null,B){if(H==le)break}else{if(H.nodeType!=8)break;H.data.startsWith("$s")&&(le=kt(B=H))}}if(!B){for(;l&&l.nodeType==8&&l.nextSibling;)l=l.nextSibling;B=l}(u=kt(B=t.__c.__z||(t.__c.__z=B)))?(t.__e=B,l=u):t.__e=l,l=l&&l.nextSibling}else r&&r.some(He);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),re&&re.then||_s(t),J.__e(re,t,n)}}else l=t.__e=Po(n.__e,t,n,s,o,r,a,c,p,e);return(u=J.diffed)&&u(t),l}function kt(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function _s(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(_s))}function ks(e,t,n){for(var s=0;s<n.length;)nn(n[s++],n[s++],n[s++]);J.__c&&J.__c(t,e),e.some(function(o){try{e=o.__h,o.__h=[],e.some(function(r){r.call(o)})}catch(r){J.__e(r,o.__v)}})}function Po(e,t,n,s,o,r,a,l,c,p){var u,$,f,d,g,m,b,w,S=n.props||vt,k=t.props,v=t.type;if(v=="svg"?o="http://www.w3.org/2000/svg":v=="math"?o="http://www.w3.org/1998/Math/MathML":o||(o="http://www.w3.org/1999/xhtml"),r){for(u=0;u<r.length;u++)if((g=r[u])&&(v?g.localName==v:g.nodeType==3)){e=g,r[u]=null;break}}if(!e){if(w=p.ownerDocument||document,!v)return w.createTextNode(k);e=w.createElementNS(o,v,k.is?k:p),l&&(J.__m&&J.__m(t,r),l=!1),r=null}if(v){if(p=v=="template"&&e.content||e,r=v=="textarea"&&k.defaultValue!=null?null:r&&Qt.call(p.childNodes),!l&&r)for(S={},u=0;u<e.attributes.length;u++)S[(g=e.attributes[u]).name]=g.value;for(u in S)g=S[u],u=="dangerouslySetInnerHTML"?f=g:u=="children"||u in k||u=="value"&&"defaultValue"in k||u=="checked"&&"defaultChecked"in k||bt(e,u,null,g,o);for(u in k)g=k[u],u=="children"?d=g:u=="dangerouslySetInnerHTML"?$=g:u=="value"?m=g:u=="checked"?b=g:l&&typeof g!="function"||S[u]===g||bt(e,u,g,S[u],o);$?(l||f&&($.__html==f.__html||$.__html==e.innerHTML)||(e.innerHTML=$.__html),t.__k=[]):(f&&(e.textContent=""),(v=="foreignObject"||o=="http://www.w3.org/1998/Math/MathML"&&Oo.test(v))&&(o="http://www.w3.org/1999/xhtml"),gs(p,Yt(d)?d:[d],t,n,s,o,r,a,r?r[0]:n.__k&&Be(n,0),l,c),r&&r.some(He)),l&&v!="textarea"||(u="value",v=="progress"&&m==null?e.removeAttribute(u):m==null||m===e[u]&&(v!="progress"||m)||bt(e,u,m,S[u],o),u="checked",b!=null&&b!=e[u]&&bt(e,u,b,S[u],o))}else S===k||l&&e.data==k||(e.data=k);return e}function nn(e,t,n,s){try{typeof e=="function"?t?t.__x=e(t)||1:s&&(s=s.__c||s.__e)&&(t=s.__x)&&(s.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(o){J.__e(o,n)}}function sn(e,t,n){var s,o,r,a;if(J.unmount&&J.unmount(e),!(s=e.ref)||s.current&&s.current!=e.__e||nn(s,null,t,e),s=e.__c){if(s.componentWillUnmount)try{s.componentWillUnmount()}catch(l){J.__e(l,t)}s.__P=s.__n=null}if(s=e.__k)for(a=0;a<s.length;a++)s[a]&&sn(s[a],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(s=e.__c)&&(s=s.__z)&&(o=kt(s,r=[]))&&(s==e.__e&&r.some(He),He(o),He(s)),n||He(e.__e),e.__e=e.__c=e.__=null}function Io(e,t,n){return this.constructor(e,n)}function rn(e,t){var n,s,o,r;J.__&&J.__(e,t),t.nodeType==9&&(t=t.documentElement),s=(n=e&&32&e.__u)?null:t.__k,t.__k=tt(xt,{children:[e]}),o=[],r=[],tn(t,t.__k,s||vt,vt,t.namespaceURI,s?null:t.firstChild?Qt.call(t.childNodes):null,o,s?s.__e:t.firstChild,n,r),ks(o,t.__k,r),t.__k.props.children=null}J={__e:function(e,t,n,s){for(var o,r,a;t=t.__;)if((o=t.__c)&&!(1&o.__g)){o.__g|=4;try{if((a=(r=o.constructor)&&r.getDerivedStateFromError)&&o.setState(r.getDerivedStateFromError(e)),o.componentDidCatch&&(o.componentDidCatch(e,s||{}),a=1),a&&8&o.__g)return void(o.__g|=2)}catch(l){e=l}}throw yt=0,e}},ds=0,To=function(e){return e!=null&&e.constructor===nt},We.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=Ue({},this.state)),typeof e=="function"&&(e=e(Ue({},n),this.props)),e&&(Ue(n,e),this.__v&&(t&&this.__k.push(t),us(this)))},We.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),us(this))},We.prototype.render=xt,Le=[],yt=0,$s=function(e,t){return e.__v.__b-t.__v.__b},_t=Symbol(),fs=/(PointerCapture)$|Capture$/i,Zt=0,Jt={},Mo=0;var vs=function(e,t,n,s){var o;t[0]=0;for(var r=1;r<t.length;r++){var a=t[r++],l=t[r]?(t[0]|=a?1:2,n[t[r++]]):t[++r];a===3?s[0]=l:a===4?s[1]=Object.assign(s[1]||{},l):a===5?(s[1]=s[1]||{})[t[++r]]=l:a===6?s[1][t[++r]]+=l+"":a?(o=e.apply(l,vs(e,l,n,["",null])),s.push(o),l[0]?t[0]|=2:(t[r-2]=0,t[r]=o)):s.push(l)}return s},ys=new Map;function ws(e){var t=ys.get(this);return t||(t=new Map,ys.set(this,t)),(t=vs(this,t.get(e)||(t.set(e,t=(function(n){for(var s,o,r=1,a="",l="",c=[0],p=function(f){r===1&&(f||(a=a.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?c.push(0,f,a):r===3&&(f||a)?(c.push(3,f,a),r=2):r===2&&a==="..."&&f?c.push(4,f,0):r===2&&a&&!f?c.push(5,0,!0,a):r>=5&&((a||!f&&r===5)&&(c.push(r,0,a,o),r=6),f&&(c.push(r,f,0,o),r=6)),a=""},u=0;u<n.length;u++){u&&(r===1&&p(),p(u));for(var $=0;$<n[u].length;$++)s=n[u][$],r===1?s==="<"?(p(),c=[c],r=3):a+=s:r===4?a==="--"&&s===">"?(r=1,a=""):a=s+a[0]:l?s===l?l="":a+=s:s==='"'||s==="'"?l=s:s===">"?(p(),r=1):r&&(s==="="?(r=5,o=a,a=""):s==="/"&&(r<5||n[u][$+1]===">")?(p(),r===3&&(c=c[0]),r=c,(c=c[0]).push(2,0,r),r=0):s===" "||s==="	"||s===`
`||s==="\r"?(p(),r=2):a+=s),r===3&&a==="!--"&&(r=4,c=c[0])}return p(),c})(e)),t),arguments,[])).length>1?t:t[0]}var i=ws.bind(en);var Ke,ne,on,xs,an=Object.is,rt=0,Ns=[],ln=[],te=J,Ss=te.__b,Es=te.__r,Ts=te.diffed,Ms=te.__c,Os=te.unmount,Rs=te.__;function ot(e,t){te.__h&&te.__h(ne,e,rt||t),rt=0;var n=ne.__H||(ne.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function R(e){return rt=1,Lo(js,e)}function Lo(e,t,n){var s=ot(Ke++,2);if(s.t=e,!s.__c&&(s.__=[n?n(t):js(void 0,t),function(r){var a=(s.__N||s.__)[0],l=s.t(a,r);an(a,l)||(s.__N=[l,s.__[1]],s.__c.setState({}))}],s.__c=ne,!ne.__f)){ne.__f=!0;var o=ne.shouldComponentUpdate;ne.shouldComponentUpdate=function(r,a,l){var c=this.__H;if(!c)return!0;var p=!1,u=this.props!=r;if(c.__.some(function(f){f.__N&&(p=!0,an(f.__[0],f.__N[0])||(u=!0))}),o){var $=o.call(this,r,a,l);return p?$||u:$}return!p||u}}return s.__}function L(e,t){var n=ot(Ke++,3);!te.__s&&un(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,ne.__H.__h.push(n))}function Ps(e,t){var n=ot(Ke++,4);!te.__s&&un(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,ne.__h.push(n))}function D(e){return rt=5,Is(function(){return{current:e}},[])}function Is(e,t){var n=ot(Ke++,7);return un(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Ls(e,t){return rt=8,Is(function(){return e},t)}function Bs(){var e=ot(Ke++,11);if(!e.__){for(var t=ne.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function Bo(){var e;do{for(;e=ln.shift();)try{st(e)}catch(n){te.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Ns.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(st),t.__h.some(cn),t.__h=[]}catch(n){t.__h=[],te.__e(n,e.__v)}}}while(ln.length)}te.__b=function(e){ne=null,Ss&&Ss(e)},te.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),Rs&&Rs(e,t)},te.__r=function(e){Es&&Es(e),Ke=0;var t=(ne=e.__c).__H;t&&(on==ne?ne.__h=[]:(t.__h.some(st),t.__h.some(cn),Ke=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),on=ne},te.diffed=function(e){Ts&&Ts(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Cs(Ns.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),on=ne=null},te.__c=function(e,t){t.some(function(n){try{n.__h.some(st),n.__h=n.__h.filter(function(s){return!s.__||cn(s)})}catch(s){n.__h=[function(){throw s}]}}),Ms&&Ms(e,t)},te.unmount=function(e){Os&&Os(e);var t,n,s=e.__c;s&&s.__H&&(s.__H.__.some(function(o){try{if(o.__P&&o.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}o.__P=n,Cs(ln.push(o))}else st(o)}catch(r){t=r}}),s.__H=void 0,t&&te.__e(t,s.__v))};var As=typeof requestAnimationFrame=="function";function jo(e){var t,n=function(){clearTimeout(s),As&&cancelAnimationFrame(t),setTimeout(e)},s=setTimeout(n,35);As&&(t=requestAnimationFrame(n))}function Cs(e){e!=1&&xs==te.requestAnimationFrame||((xs=te.requestAnimationFrame)||jo)(Bo)}function st(e){var t=ne,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),ne=t}function cn(e){var t=ne;e.__c=e.__(),ne=t}function un(e,t){return!e||e.length!=t.length||t.some(function(n,s){return!an(n,e[s])})}function js(e,t){return typeof t=="function"?t(e):t}var Ds="mathcoder-token",je=class extends Error{constructor(t,n){super(t),this.status=n}};function Fs(e){sessionStorage.setItem(Ds,e)}async function pn(e,{method:t="GET",body:n,signal:s}={}){let o={},r=sessionStorage.getItem(Ds);r&&(o["X-Studio-Token"]=r),n!==void 0&&(o["Content-Type"]="application/json");let a;try{a=await fetch(`/api${e}`,{method:t,headers:o,body:n===void 0?void 0:JSON.stringify(n),signal:s})}catch(l){throw l.name==="AbortError"?l:new je("the studio does not answer; is `mathcoder studio` still running?",0)}if(!a.ok){let{error:l}=await a.json().catch(()=>({}));throw new je(l??`the studio answered ${a.status}`,a.status)}return a}async function oe(e,t){return(await pn(e,t)).json()}async function dn(e,t,n,s){let r=(await pn(e,{method:"POST",body:t,signal:s})).body.pipeThrough(new TextDecoderStream).getReader(),a="",l=c=>{if(!c.trim())return;let p=JSON.parse(c);if(typeof p.error=="string"&&Object.keys(p).length===1)throw new je(p.error,200);n(p)};try{for(;;){let{done:c,value:p}=await r.read();if(c)break;let u=(a+p).split(`
`);a=u.pop(),u.forEach(l)}l(a)}catch(c){throw r.cancel().catch(()=>{}),c.name==="AbortError"||c instanceof je?c:new je("the answer broke off; is `mathcoder studio` still running?",0)}}async function $n(e,{name:t="download",...n}={}){let s=await pn(e,n),o=s.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1],r=URL.createObjectURL(await s.blob());Object.assign(document.createElement("a"),{href:r,download:o??t}).click(),setTimeout(()=>URL.revokeObjectURL(r),1e4)}var Do=(e,t)=>JSON.stringify(e)===JSON.stringify(t);function I(e,{every:t=0}={}){let[n,s]=R({data:null,error:null,loading:e!==null}),o=D(null),r=Ls(async a=>{if(a&&o.current)return;if(o.current?.abort(),e===null)return s({data:null,error:null,loading:!1});let l=o.current=new AbortController;a||s(c=>({...c,loading:!0}));try{let c=await oe(e,{signal:l.signal});if(l.signal.aborted)return;s(p=>({data:a&&Do(p.data,c)?p.data:c,error:null,loading:!1}))}catch(c){l.signal.aborted||s(p=>({data:a?p.data:null,error:c,loading:!1}))}finally{o.current===l&&(o.current=null)}},[e]);return L(()=>{r(!1);let a=t?setInterval(()=>document.hidden||r(!0),t):0;return()=>{clearInterval(a),o.current?.abort()}},[r,t]),{...n,reload:()=>r(!1)}}function Hs(e){let t=e.regex,n=/[\p{XID_Start}_]\p{XID_Continue}*/u,s=["and","as","assert","async","await","break","case","class","continue","def","del","elif","else","except","finally","for","from","global","if","import","in","is","lambda","match","nonlocal|10","not","or","pass","raise","return","try","while","with","yield"],l={$pattern:/[A-Za-z]\w+|__\w+__/,keyword:s,built_in:["__import__","abs","all","any","ascii","bin","bool","breakpoint","bytearray","bytes","callable","chr","classmethod","compile","complex","delattr","dict","dir","divmod","enumerate","eval","exec","filter","float","format","frozenset","getattr","globals","hasattr","hash","help","hex","id","input","int","isinstance","issubclass","iter","len","list","locals","map","max","memoryview","min","next","object","oct","open","ord","pow","print","property","range","repr","reversed","round","set","setattr","slice","sorted","staticmethod","str","sum","super","tuple","type","vars","zip"],literal:["__debug__","Ellipsis","False","None","NotImplemented","True"],type:["Any","Callable","Coroutine","Dict","List","Literal","Generic","Optional","Sequence","Set","Tuple","Type","Union"]},c={className:"meta",begin:/^(>>>|\.\.\.) /},p={className:"subst",begin:/\{/,end:/\}/,keywords:l,illegal:/#/},u={begin:/\{\{/,relevance:0},$={className:"string",contains:[e.BACKSLASH_ESCAPE],variants:[{begin:/([uU]|[bB]|[rR]|[bB][rR]|[rR][bB])?'''/,end:/'''/,contains:[e.BACKSLASH_ESCAPE,c],relevance:10},{begin:/([uU]|[bB]|[rR]|[bB][rR]|[rR][bB])?"""/,end:/"""/,contains:[e.BACKSLASH_ESCAPE,c],relevance:10},{begin:/([fF][rR]|[rR][fF]|[fF])'''/,end:/'''/,contains:[e.BACKSLASH_ESCAPE,c,u,p]},{begin:/([fF][rR]|[rR][fF]|[fF])"""/,end:/"""/,contains:[e.BACKSLASH_ESCAPE,c,u,p]},{begin:/([uU]|[rR])'/,end:/'/,relevance:10},{begin:/([uU]|[rR])"/,end:/"/,relevance:10},{begin:/([bB]|[bB][rR]|[rR][bB])'/,end:/'/},{begin:/([bB]|[bB][rR]|[rR][bB])"/,end:/"/},{begin:/([fF][rR]|[rR][fF]|[fF])'/,end:/'/,contains:[e.BACKSLASH_ESCAPE,u,p]},{begin:/([fF][rR]|[rR][fF]|[fF])"/,end:/"/,contains:[e.BACKSLASH_ESCAPE,u,p]},e.APOS_STRING_MODE,e.QUOTE_STRING_MODE]},f="[0-9](_?[0-9])*",d=`(\\b(${f}))?\\.(${f})|\\b(${f})\\.`,g=`\\b|${s.join("|")}`,m={className:"number",relevance:0,variants:[{begin:`(\\b(${f})|(${d}))[eE][+-]?(${f})[jJ]?(?=${g})`},{begin:`(${d})[jJ]?`},{begin:`\\b([1-9](_?[0-9])*|0+(_?0)*)[lLjJ]?(?=${g})`},{begin:`\\b0[bB](_?[01])+[lL]?(?=${g})`},{begin:`\\b0[oO](_?[0-7])+[lL]?(?=${g})`},{begin:`\\b0[xX](_?[0-9a-fA-F])+[lL]?(?=${g})`},{begin:`\\b(${f})[jJ](?=${g})`}]},b={className:"comment",begin:t.lookahead(/# type:/),end:/$/,keywords:l,contains:[{begin:/# type:/},{begin:/#/,end:/\b\B/,endsWithParent:!0}]},w={className:"params",variants:[{className:"",begin:/\(\s*\)/,skip:!0},{begin:/\(/,end:/\)/,excludeBegin:!0,excludeEnd:!0,keywords:l,contains:["self",c,m,$,e.HASH_COMMENT_MODE]}]};return p.contains=[$,m,c],{name:"Python",aliases:["py","gyp","ipython"],unicodeRegex:!0,keywords:l,illegal:/(<\/|\?)|=>/,contains:[c,m,{scope:"variable.language",match:/\bself\b/},{beginKeywords:"if",relevance:0},{match:/\bor\b/,scope:"keyword"},$,b,e.HASH_COMMENT_MODE,{match:[/\bdef/,/\s+/,n],scope:{1:"keyword",3:"title.function"},contains:[w]},{variants:[{match:[/\bclass/,/\s+/,n,/\s*/,/\(\s*/,n,/\s*\)/]},{match:[/\bclass/,/\s+/,n]}],scope:{1:"keyword",3:"title.class",6:"title.class.inherited"}},{className:"meta",begin:/^[\t ]*@/,end:/(?=#)|$/,contains:[m,w,$]}]}}var lr=Eo(ir(),1);var cr=lr.default;var ur={},Oa="hljs-";function wn(e){let t=cr.newInstance();return e&&r(e),{highlight:n,highlightAuto:s,listLanguages:o,register:r,registerAlias:a,registered:l};function n(c,p,u){let $=u||ur,f=typeof $.prefix=="string"?$.prefix:Oa;if(!t.getLanguage(c))throw new Error("Unknown language: `"+c+"` is not registered");t.configure({__emitter:vn,classPrefix:f});let d=t.highlight(p,{ignoreIllegals:!0,language:c});if(d.errorRaised)throw new Error("Could not highlight with `Highlight.js`",{cause:d.errorRaised});let g=d._emitter.root,m=g.data;return m.language=d.language,m.relevance=d.relevance,g}function s(c,p){let $=(p||ur).subset||o(),f=-1,d=0,g;for(;++f<$.length;){let m=$[f];if(!t.getLanguage(m))continue;let b=n(m,c,p);b.data&&b.data.relevance!==void 0&&b.data.relevance>d&&(d=b.data.relevance,g=b)}return g||{type:"root",children:[],data:{language:void 0,relevance:d}}}function o(){return t.listLanguages()}function r(c,p){if(typeof c=="string")t.registerLanguage(c,p);else{let u;for(u in c)Object.hasOwn(c,u)&&t.registerLanguage(u,c[u])}}function a(c,p){if(typeof c=="string")t.registerAliases(typeof p=="string"?p:[...p],{languageName:c});else{let u;for(u in c)if(Object.hasOwn(c,u)){let $=c[u];t.registerAliases(typeof $=="string"?$:[...$],{languageName:u})}}}function l(c){return!!t.getLanguage(c)}}var vn=class{constructor(t){this.options=t,this.root={type:"root",children:[],data:{language:void 0,relevance:0}},this.stack=[this.root]}addText(t){if(t==="")return;let n=this.stack[this.stack.length-1],s=n.children[n.children.length-1];s&&s.type==="text"?s.value+=t:n.children.push({type:"text",value:t})}startScope(t){this.openNode(String(t))}endScope(){this.closeNode()}__addSublanguage(t,n){let s=this.stack[this.stack.length-1],o=t.root.children;n?s.children.push({type:"element",tagName:"span",properties:{className:[n]},children:o}):s.children.push(...o)}openNode(t){let n=this,s=t.split(".").map(function(a,l){return l?a+"_".repeat(l):n.options.classPrefix+a}),o=this.stack[this.stack.length-1],r={type:"element",tagName:"span",properties:{className:s},children:[]};o.children.push(r),this.stack.push(r)}closeNode(){this.stack.pop()}finalize(){}toHTML(){return""}};var Ra=wn({python:Hs}),Aa=5e4,Ca=30,Na=4e3;function Y({text:e,marked:t=!1,class:n=""}){let s=D();return Ps(()=>{let o=document.createElement("div");o.className="tex-text",o.textContent=Ot(e??"").trim(),s.current.replaceChildren(o),globalThis.renderFormulas(s.current),t&&Ia(o),pr(s.current)},[e,t]),L(()=>{let o=new ResizeObserver(()=>pr(s.current));return o.observe(s.current),()=>o.disconnect()},[]),i`<div class=${`rich ${n}`} ref=${s}></div>`}var{katex:xn}=globalThis;xn.render=(e,t,n)=>{let s=xn.__renderToDomTree(e,n);if(s.classes.includes("katex-error"))throw new xn.ParseError(e);t.replaceChildren(s.toNode())};var Pa=/^#{1,6} +(.+)$|\*\*([^*\n]+)\*\*|`([^`\n]+)`/gm;function Ia(e){for(let t of[...e.childNodes].filter(n=>n.nodeType===Node.TEXT_NODE)){let n=[],s=0;for(let o of t.data.matchAll(Pa)){let[r,a,l,c]=o,p=document.createElement(c?"code":"strong");p.textContent=a?.replaceAll("**","")??l??c,n.push(t.data.slice(s,o.index),p),s=o.index+r.length}n.length&&t.replaceWith(...n,t.data.slice(s))}}function pr(e){for(let t of e?.querySelectorAll(".tex-display, .tex-text")??[])t.scrollWidth>t.clientWidth?t.tabIndex=0:t.removeAttribute("tabindex")}function Ot(e){return String(e).replace(/\r\n/g,`
`).replace(/[^\P{C}\n\t]/gu,"�")}function La({code:e}){if(e.length>Aa)return e;let t=n=>n.type==="text"?n.value:i`<span class=${n.properties.className.join(" ")}>${n.children.map(t)}</span>`;return Ra.highlight("python",e).children.map(t)}function lt({code:e,onEdit:t,label:n="Python code"}){let s=i`<${La} code=${Ot(e)} />`;return t?i`<div class="code editor">
    <pre aria-hidden="true"><code>${s}${`
`}</code></pre>
    <textarea
      aria-label=${n}
      value=${e}
      onInput=${o=>t(o.currentTarget.value)}
      spellcheck=${!1}
      autocapitalize="off"
      autocomplete="off"
      wrap="off"
    ></textarea>
  </div>`:i`<pre class="code" tabindex="0" role="region" aria-label=${n}><code>${s}</code></pre>`}var Ba=/^(?:Traceback \(most recent call last\):?|-{20,})\s*$/m;function ze({text:e="",images:t=[]}){let n=Ot(e).trimEnd(),s=n.search(Ba),o=s<0?n:n.slice(0,s).trimEnd(),r=s<0?"":n.slice(s);return i`<div class="printed">
    ${o&&i`<${ja} text=${o} />`}
    ${r&&i`<details class="traceback">
      <summary><code>${r.split(`
`).findLast(a=>a.trim())}</code></summary>
      <pre tabindex="0" role="region" aria-label="Traceback">${r}</pre>
    </details>`}
    ${t.map(dr).filter(Boolean).map((a,l)=>i`<img src=${a} alt=${`Figure ${l+1}`} />`)}
    ${!n&&!t.length&&i`<p class="dim">nothing was printed</p>`}
  </div>`}function ja({text:e}){let[t,n]=R(!1),s=e.split(`
`,Ca).join(`
`).slice(0,Na),o=s.length<e.length;return i`<pre tabindex="0" role="region" aria-label="Output">${t||!o?e:s}</pre>
    ${o&&i`<button type="button" class="plain" onClick=${()=>n(!t)}>
      ${t?"show less":`show all (${e.length.toLocaleString("en")} characters)`}
    </button>`}`}function dr(e){let t=String(e).replace(/^data:image\/png;base64,/,"");return/^iVBORw0KGgo[A-Za-z0-9+/]*={0,2}$/.test(t)?`data:image/png;base64,${t}`:null}function ke({blocks:e,actions:t,edit:n,live:s=!1}){let o=(r,a)=>{if(r.type==="text")return i`<${Y} key=${a} text=${r.content} marked />`;let l=r.type==="code";return i`<figure key=${a} class=${`block ${l?"of-code":"of-output"}`}>
      <figcaption><span>${l?"Code":"Output"}</span><span class="actions">${t?.(r,a)}</span></figcaption>
      ${l?i`<${lt} code=${r.content} onEdit=${n?.at===a?n.onEdit:void 0} />`:i`<${ze} text=${r.content} images=${r.images} />`}
    </figure>`};return i`<div class="solution" aria-live=${s?"polite":void 0}>${e.map(o)}</div>`}var Da={j:"next",k:"previous",n:"next page",p:"previous page","/":"search","?":"these keys",Escape:"close, or stop writing"},ct=[];function ee(e){let t=D(e);t.current=e,L(()=>(ct.push(t),()=>{ct.splice(ct.indexOf(t),1)}),[])}function fr(){let e=Object.assign({},...ct.map(n=>n.current)),t=(n,s)=>Array.isArray(s)?s[0]:Da[n]??n;return Object.entries(e).filter(([,n])=>n).map(([n,s])=>[n,t(n,s)])}var $r=e=>e.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");addEventListener("keydown",e=>{if(e.ctrlKey||e.metaKey||e.altKey||e.isComposing)return;if(e.key==="Escape"&&$r(e.target))return e.target.blur();if($r(e.target)||document.querySelector("dialog[open]"))return;let t=ct.findLast(s=>s.current[e.key]);if(!t)return;let n=t.current[e.key];e.preventDefault(),(Array.isArray(n)?n[1]:n)(e)});function se(e,t={}){let n=Object.entries(t).filter(([,o])=>o!==""&&o!==null&&o!==void 0),s=new URLSearchParams(n).toString();return`#/${e.map(encodeURIComponent).join("/")}${s&&`?${s}`}`}var F=(e,t=[],n={})=>se(["runs",e.name??e,...t],n);function W(e,{replace:t=!1}={}){e!==location.hash&&(t?(history.replaceState(null,"",e),dispatchEvent(new HashChangeEvent("hashchange"))):location.hash=e)}function hr(e){let[t,n=""]=e.replace(/^#?\/?/,"").split(/\?(.*)/s);return{parts:t.split("/").filter(Boolean).map(Fa),query:Object.fromEntries(new URLSearchParams(n))}}function Fa(e){try{return decodeURIComponent(e)}catch{return e}}var Ha=new Intl.NumberFormat("en",{maximumFractionDigits:2}),h=e=>e==null?"":Ha.format(e),j=(e,t=1)=>Number.isFinite(e)?`${(100*e).toFixed(t)}%`:"",Ua={right:["✓","right","good"],wrong:["✗","wrong","bad"]};function xe({correct:e,outcome:t}){let[n,s,o]=Ua[e===!0?"right":e===!1?"wrong":""]??["–","not graded","unsure"],r=t&&t!==s?t:s;return i`<span class=${`verdict ${o}`}><span aria-hidden="true">${n}</span> ${r}</span>`}function Z({tone:e="",children:t}){return i`<span class=${`tag ${e}`}>${t}</span>`}function be({offset:e,limit:t,total:n,onOffset:s,what:o="rows"}){let r=Math.min(e+t,n);return i`<nav class="pager" aria-label=${`Pages of ${o}`}>
    <button type="button" disabled=${e<=0} onClick=${()=>s(Math.max(0,e-t))}>Previous</button>
    <span aria-live="polite">${n?`${h(e+1)}–${h(r)} of ${h(n)} ${o}`:`no ${o}`}</span>
    <button type="button" disabled=${r>=n} onClick=${()=>s(e+t)}>Next</button>
  </nav>`}function Te({fields:e,values:t,onChange:n,label:s="Filters"}){let o=(r,a)=>n({...t,[r]:a});return i`<form class="filters" role="search" aria-label=${s} onSubmit=${r=>r.preventDefault()}>
    ${e.map(r=>i`<${Ga[r.kind]} key=${r.name} field=${r} value=${t[r.name]??""} onValue=${a=>o(r.name,a)} />`)}
  </form>`}function Wa({field:e,value:t,onValue:n}){let s=e.options.map(o=>typeof o=="object"?o:{value:o});return i`<label>${e.label}
    <select value=${t} onChange=${o=>n(o.currentTarget.value)}>
      <option value="">${e.any??"all"}</option>
      ${s.map(o=>i`<option key=${o.value} value=${o.value} selected=${String(o.value)===String(t)}>${o.label??o.value}${o.count===void 0?"":` (${h(o.count)})`}</option>`)}
    </select>
  </label>`}function Sn({field:e,value:t,onValue:n}){let[s,o]=R(t),r=D(t);L(()=>{t!==r.current&&o(r.current=t)},[t]);let a=l=>l!==r.current&&n(r.current=l);return L(()=>{let l=setTimeout(()=>a(s),250);return()=>clearTimeout(l)},[s]),i`<label class="search">${e.label}
    <input type="search" data-search value=${s} placeholder=${e.placeholder??""} maxlength="500"
      onInput=${l=>o(l.currentTarget.value)}
      onKeyDown=${l=>l.key==="Enter"&&a(l.currentTarget.value)} />
  </label>`}function Ka({field:e,value:t,onValue:n}){return i`<label class="check">
    <input type="checkbox" checked=${!!t} onChange=${s=>n(s.currentTarget.checked?"1":"")} />
    ${e.label}
  </label>`}var Ga={choice:Wa,search:Sn,check:Ka};function V({title:e,children:t}){return i`<div class="empty"><p><b>${e}</b></p>${t&&i`<p>${t}</p>`}</div>`}function T({error:e,retry:t}){return i`<div class="failure" role="alert">
    <p>${e?.message??String(e)}</p>
    ${t&&i`<button type="button" onClick=${t}>Try again</button>`}
  </div>`}function N({label:e="Loading"}){return i`<p class="spinner" role="status"><span aria-hidden="true"></span>${e} …</p>`}function ie({label:e,value:t,note:n}){return i`<div class="stat"><dt>${e}</dt><dd>${t}${n&&i`<small>${n}</small>`}</dd></div>`}function Me({children:e}){return i`<dl class="stats">${e}</dl>`}function z({summary:e,open:t=!1,children:n}){let[s,o]=R(t);return i`<details open=${t} onToggle=${r=>o(r.currentTarget.open)}>
    <summary>${e}</summary>
    ${s&&i`<div class="inside">${n}</div>`}
  </details>`}function G({caption:e,head:t,rows:n,numbers:s=[]}){let o=r=>s.includes(r)?"number":"";return i`<div class="wide" tabindex="0" role="region" aria-label=${e}>
    <table>
      <caption class="hidden">${e}</caption>
      <thead><tr>${t.map((r,a)=>i`<th scope="col" class=${o(a)}>${r}</th>`)}</tr></thead>
      <tbody>${n.map(r=>i`<tr>${r.map((a,l)=>l?i`<td class=${o(l)}>${a}</td>`:i`<th scope="row">${a}</th>`)}</tr>`)}</tbody>
    </table>
  </div>`}function Rt({tabs:e,current:t,address:n,label:s="Parts"}){return i`<nav class="tabs" aria-label=${s}>
    ${e.map(([o,r])=>i`<a href=${n(o)} aria-current=${o===t?"page":void 0}>${r}</a>`)}
  </nav>`}var Va={running:"good",broken:"bad",stopped:"unsure"};function Oe({run:e,children:t}){let n=Bs();return i`<header class="run-head" aria-labelledby=${n}>
    <h1 id=${n}>${e.title}</h1>
    <p class="facts">
      <${Z} tone=${Va[e.state]}>${e.state}<//>
      ${Object.entries(e.facts).map(([s,o])=>i`<span><span class="dim">${s}</span> ${o}</span>`)}
      <code>${e.name.replaceAll("~","/")}</code>
    </p>
    ${t}
  </header>`}function At(e){let t=Math.max(0,Date.now()/1e3-e),[n,s]=[[86400,"day"],[3600,"hour"],[60,"minute"]].find(([o])=>t>=o)??[1,"second"];return new Intl.RelativeTimeFormat("en",{numeric:"auto"}).format(-Math.floor(t/n),s)}var $e=50,za=["text","part","benchmark","outcome","error","rounds","level","subject","vote","problem","sort"];function Re(e,t,n={}){let s=Object.entries(n).filter(([,r])=>r!==""&&r!==null&&r!==void 0);return`/${["traces",e,...t].map(encodeURIComponent).join("/")}?${new URLSearchParams(s)}`}var ut={fixed:["good","fixed: right in the second only"],broken:["bad","broken: right in the first only"],"both wrong":["unsure","wrong in both"],"both right":["","right in both"]},pt=(e,t=["kind","benchmark","text"])=>Object.fromEntries(t.filter(n=>e[n]).map(n=>[n,e[n]])),Ct=e=>pt(e,za),qa={waiting:"Waiting for another run to be indexed",rows:"Indexing the solutions",votes:"Counting votes"};function Nt({state:e,what:t=""}){return e?e.phase==="failed"?i`<${T} error=${`${t}cannot be indexed: ${e.error}`} />`:i`<div class="trace-index">
    ${e.phase!=="ready"&&i`<p role="status"><label>${t}${qa[e.phase]}: ${j(e.done,0)}, ${h(e.rows)} ${e.rows===1?"solution":"solutions"} so far
      <progress max="1" value=${e.done}></progress></label></p>`}
    ${e.bad>0&&i`<p class="notice">${h(e.bad)} ${e.bad===1?"line is":"lines are"} left out: ${e.why}</p>`}
  </div>`:null}function Ye(e,t,n){let[s,o]=R(0),r=I(e,{every:s}),l=r.data&&n(r.data).some(c=>!["ready","failed"].includes(c.phase))?700:t?3e3:0;return L(()=>o(l),[l]),r}function Pt({share:e}){if(!e?.total)return i`<span class="dim">–</span>`;let[t,n]=e.interval;return i`<span class="trace-share">
    <b>${j(e.count/e.total)}</b>
    <span class="dim">${j(t)} to ${j(n)}</span>
    <${En} value=${e.count/e.total} low=${t} high=${n} />
  </span>`}function En({value:e,low:t,high:n,from:s=0,to:o=1}){let r=a=>2+96*(a-s)/(o-s);return i`<svg class="trace-interval" viewBox="0 0 100 12" aria-hidden="true" preserveAspectRatio="none">
    <line x1="2" x2="98" y1="6" y2="6" class="track" />
    ${s<0&&i`<line x1=${r(0)} x2=${r(0)} y1="1" y2="11" class="zero" />`}
    <rect x=${r(t)} width=${Math.max(.5,r(n)-r(t))} y="4" height="4" class="span" />
    <rect x=${r(e)-.9} width="1.8" y="1" height="10" class="point" />
  </svg>`}function It({text:e}){if(e==null||e==="")return i`<span class="dim">none</span>`;let t=/[\\^_]/.test(e)&&!/\$|\\[([]/.test(e)&&e.length<300;return i`<${Y} class="trace-answer" text=${t?`$${e.trim()}$`:e} />`}function Tn(e,t=""){return e===null||typeof e!="object"||Array.isArray(e)?[[t,Array.isArray(e)?e.join(", "):String(e??"none")]]:Object.entries(e).flatMap(([n,s])=>Tn(s,t?`${t}.${n}`:n))}function gr({run:e,query:t}){let n=Ct(t),{data:s,error:o,loading:r,reload:a}=I(Re(e.name,["solution"],{...n,id:t.id})),l=$=>F(e,["solution"],{...n,id:$}),c=F(e,[],n),p=$=>()=>$&&W(l($),{replace:!0});if(ee({j:s?.following&&["next solution",p(s.following)],k:s?.previous&&["previous solution",p(s.previous)],u:["back to all solutions",()=>W(c)]}),o&&!s)return i`<p><a href=${c}>All solutions</a></p><${T} error=${o} retry=${a} />`;if(!s)return i`<${N} label="Fetching the solution" />`;let u=Object.keys(n).some($=>$!=="sort");return i`<article class="trace" aria-busy=${r}>
    <nav class="trace-nav" aria-label="Solutions">
      <a href=${c}>${u?"All that were found":"All solutions"}</a>
      <span class="dim" aria-live="polite">${h(Math.min(s.before+1,s.total))} of ${h(s.total)}</span>
      <span class="trace-steps">
        <${mr} address=${s.previous&&l(s.previous)} label="Previous" />
        <${mr} address=${s.following&&l(s.following)} label="Next" />
      </span>
    </nav>
    <h1><code>${s.row.id}</code> <${xe} correct=${s.row.correct} outcome=${s.row.outcome} /></h1>
    <${Mn} row=${s.row} />
    ${s.samples.length>1&&i`<${Ja} samples=${s.samples} current=${s.row.id} to=${l} />`}
  </article>`}function mr({address:e,label:t}){return e?i`<a class="trace-step" href=${e}>${t}</a>`:i`<span class="trace-step dim" aria-hidden="true">${t}</span>`}function Mn({row:e,question:t=!0}){let{solution:n}=e,{cost:s}=n;return i`
    ${t&&i`<section aria-label="Question" class="trace-question"><${Y} text=${e.question} />
      ${e.options.length>0&&i`<ol class="trace-options">${e.options.map((o,r)=>i`<li key=${r}><b>${String.fromCharCode(65+r)}</b> <${Y} text=${o} /></li>`)}</ol>`}
    </section>`}
    <dl class="trace-grade">
      <div class=${e.correct===!0?"good":e.correct===!1?"bad":"unsure"}><dt>Answer</dt><dd><${It} text=${e.answer} /></dd></div>
      <div><dt>Reference</dt><dd><${It} text=${e.reference} /></dd></div>
      <div><dt>Graded by</dt><dd>${e.rule||"–"}</dd></div>
    </dl>
    <${Me}>
      <${ie} label="rounds" value=${h(s.rounds)} />
      <${ie} label="tokens" value=${h(s.completion_tokens)} note=${s.prompt_tokens?`and ${h(s.prompt_tokens)} read`:""} />
      <${ie} label="seconds" value=${h(s.model_seconds+s.sandbox_seconds)} note=${s.sandbox_seconds?`${h(s.sandbox_seconds)} in the sandbox`:""} />
    <//>
    <p class="facts">
      ${[["benchmark",e.benchmark],["level",e.level],["subject",e.subject],["ended",n.ended.replace("_"," ")],["verification",e.check]].filter(([,o])=>o).map(([o,r])=>i`<span key=${o}><span class="dim">${o}</span> ${r}</span>`)}
    </p>
    ${e.note&&i`<p class="notice">${e.note}</p>`}
    <section aria-label="Solution"><${ke} blocks=${n.blocks} /></section>
    ${e.scores.length>0&&i`<${G} caption="Log-likelihood of each option" head=${["Option","Log-likelihood"]} numbers=${[1]} rows=${e.scores.map((o,r)=>[String.fromCharCode(65+r),o===null?"–":o.toFixed(3)])} />`}
  `}var Xa={majority:"with the majority",minority:"against the majority",unanimous:"all agree"};function Ja({samples:e,current:t,to:n}){let s=o=>[o.id===t?i`<b>${o.sample}</b>`:i`<a href=${n(o.id)}>${o.sample}</a>`,i`<${xe} correct=${o.outcome==="right"?!0:o.outcome==="ungradable"?null:!1} outcome=${o.outcome} />`,i`<${It} text=${o.answer} />`,i`${Xa[o.vote]??""} ${o.chosen?i`<${Z}>the vote's answer<//>`:""}`];return i`<section aria-label="Samples">
    <h2>Samples of this problem</h2>
    <${G} caption="Samples of this problem" head=${["Sample","Outcome","Answer","Vote"]} rows=${e.map(s)} />
  </section>`}function _r({first:e,second:t,query:n,titles:s}){let o=pt(n),r=Math.max(0,Math.trunc(Number(n.at))||0),a=Re(e,["compare",t],{...o,start:r,count:1}),{data:l,error:c,reload:p}=Ye(a,!1,m=>m.compared?[]:[{phase:"comparing"}]),u=l?.compared,$=m=>se(["compare",e,t],{...o,at:m}),f=se(["compare",e,t],{...o,start:Math.floor(r/$e)*$e||""}),d=u&&r+1<u.total;ee({j:d&&["next problem",()=>W($(r+1),{replace:!0})],k:r>0&&["previous problem",()=>W($(r-1),{replace:!0})],u:["back to all problems",()=>W(f)]});let g=u?.pairs[0];return i`<article class="trace">
    <nav class="trace-nav" aria-label="Problems">
      <a href=${f}>All problems</a>
      <span class="dim" aria-live="polite">${u?`${h(Math.min(r+1,u.total))} of ${h(u.total)}`:""}</span>
      <span class="trace-steps">
        ${r>0?i`<a class="trace-step" href=${$(r-1)}>Previous</a>`:i`<span class="trace-step dim" aria-hidden="true">Previous</span>`}
        ${d?i`<a class="trace-step" href=${$(r+1)}>Next</a>`:i`<span class="trace-step dim" aria-hidden="true">Next</span>`}
      </span>
    </nav>
    ${c&&i`<${T} error=${c} retry=${p} />`}
    ${!u&&!c&&i`<${N} label="Comparing" />`}
    ${u&&!g&&i`<${V} title="There is no such problem" />`}
    ${g&&i`<h1><code>${g.benchmark} ${g.problem}</code> <${Z} tone=${ut[g.kind][0]}>${g.kind}<//></h1>
      <${Za} key=${`${e}/${t}`} pair=${g} runs=${[e,t]} titles=${s} />`}
  </article>`}function Za({pair:e,runs:t,titles:n}){let s=[e.first.id,e.second.id],o=[br(t[0],s[0]),br(t[1],s[1])],r=o[0].data?.row.question;return i`
    ${r&&e.same&&i`<section aria-label="Question" class="trace-question"><${Y} text=${r} /></section>`}
    <div class="trace-sides">
      ${o.map((a,l)=>i`<section key=${l} aria-label=${l?"Second run":"First run"}>
          <h2>${n[l]} ${a.data&&i`<${xe} correct=${a.data.row.correct} outcome=${a.data.row.outcome} />`}</h2>
          <p class="dim"><a href=${F(t[l],["solution"],{id:s[l]})}>${t[l].replaceAll("~","/")}</a></p>
          ${a.error&&i`<${T} error=${a.error} retry=${a.reload} />`}
          ${!a.data&&!a.error&&i`<${N} label="Fetching the solution" />`}
          ${a.data&&i`<${Mn} row=${a.data.row} question=${!e.same} />`}
        </section>`)}
    </div>`}var br=(e,t)=>I(Re(e,["solution"],{id:t}));function On({rest:e,query:t,runs:n}){let[s,o]=e,r=n.filter($=>$.kind==="evaluation"&&$.state!=="broken"),a={first:s??"",second:o??""},l=$=>r.find(f=>f.name===$)?.title??$,c=r.map($=>({value:$.name,label:`${$.name.replaceAll("~","/")}: ${$.title}`})),p=({first:$,second:f})=>W(se(["compare",$||"-",...f?[f]:[]])),u=s&&s!=="-"&&o;return u&&t.at!==void 0?i`<${_r} first=${s} second=${o} query=${t} titles=${[l(s),l(o)]} />`:i`<div class="comparison">
    <h1>Compare two runs</h1>
    <p class="about">Problems are paired by their names; what counts is the difference within each problem.</p>
    <${Te} label="Runs" values=${a} onChange=${p} fields=${[{name:"first",label:"First run",kind:"choice",options:c,any:"choose"},{name:"second",label:"Second run",kind:"choice",options:c,any:"choose"}]} />
    ${u?i`<${Ya} first=${s} second=${o} query=${t} runs=${n} />`:i`<${V} title=${r.length<2?"It takes two evaluations":"Choose two runs"}>The second one is held against the first.<//>`}
  </div>`}function Ya({first:e,second:t,query:n,runs:s}){let o=pt(n),r=Math.max(0,Math.trunc(Number(n.start))||0),a=s.some(f=>[e,t].includes(f.name)&&f.state==="running"),l=Re(e,["compare",t],{...o,start:r,count:$e}),{data:c,error:p,loading:u,reload:$}=Ye(l,a,f=>f.compared?f.states:[{phase:"comparing"}]);return p&&!c?i`<${T} error=${p} retry=${$} />`:c?!c.compared&&c.states.every(f=>f.phase==="ready")?i`<${N} label="Comparing" />`:c.compared?i`
    <${Qa} figures=${c.compared.figures} />
    <${ei} mismatches=${c.compared.mismatches} />
    <${ti} found=${c.compared} busy=${u} start=${r} filters=${o} address=${f=>se(["compare",e,t],{...o,...f})} />
  `:c.states.map((f,d)=>i`<${Nt} key=${d} state=${f} what=${`${[e,t][d]}: `} />`):i`<${N} label="Comparing" />`}function Qa({figures:e}){let t=Math.max(.02,...e.flatMap(r=>r.interval.map(Math.abs))),n=r=>`${r>0?"+":r<0?"−":""}${(100*Math.abs(r)).toFixed(1)}`,s=e.map(r=>[r.benchmark==="all"&&e.length>1?i`<b>all of them</b>`:r.benchmark,h(r.first.total),j(r.first.count/r.first.total),j(r.second.count/r.second.total),i`<span class="trace-share"><b class=${r.interval[0]>0?"good":r.interval[1]<0?"bad":""}>${n(r.difference)}</b>
      <span class="dim">${n(r.interval[0])} to ${n(r.interval[1])}</span>
      <${En} value=${r.difference} low=${r.interval[0]} high=${r.interval[1]} from=${-t} to=${t} /></span>`,i`<span class="good">${h(r.fixed)}</span>`,i`<span class="bad">${h(r.broken)}</span>`,h(r.both_wrong),r.p<.001?"< 0.001":r.p.toFixed(3)]),o=e.at(-1);return i`<section aria-label="Difference">
    <h2>Difference <small>second minus first, in percentage points</small></h2>
    <${G} caption="Difference by benchmark" numbers=${[1,2,3,5,6,7,8]}
      head=${["Benchmark","Problems","First","Second","Difference, 95% interval","Fixed","Broken","Both wrong","p (McNemar)"]} rows=${s} />
    ${o.by==="majority"&&i`<p class="about">Fixed and broken are by the majority of a problem's samples; the accuracies are means over all samples.</p>`}
    ${o.only_first+o.only_second>0&&i`<p class="about">Left out: ${h(o.only_first)} problems that only the first run has, ${h(o.only_second)} that only the second has.</p>`}
  </section>`}function ei({mismatches:e}){return e.length?i`<section aria-label="What differs" class="trace-differs">
    <h2>What differs in how they were asked</h2>
    <${G} caption="What differs in how the runs were asked" head=${["","First","Second"]} rows=${e.map(t=>[t.what,t.first,t.second])} />
  </section>`:i`<p class="about">Both runs were asked the same in the same way.</p>`}function ti({found:e,busy:t,start:n,filters:s,address:o}){let r=D(),a=$=>W(o({kind:"",benchmark:"",text:"",...$,start:""}),{replace:!0}),l=$=>W(o({start:$||""}),{replace:!0}),c=$=>()=>{let f=[...r.current?.querySelectorAll("a.trace-row")??[]];f[Math.min(f.length-1,Math.max(0,f.indexOf(document.activeElement)+$))]?.focus()};ee({j:["next problem",c(1)],k:["previous problem",c(-1)],n:n+$e<e.total&&["next page",()=>l(n+$e)],p:n>0&&["previous page",()=>l(Math.max(0,n-$e))]});let p=e.figures.map($=>$.benchmark).filter(($,f,d)=>$!=="all"||d.length===1),u=[{name:"text",label:"Search the questions",kind:"search"},{name:"kind",label:"What became of it",kind:"choice",options:Object.entries(e.kinds).map(([$,f])=>({value:$,count:f,label:ut[$][1]}))},...p.length>1?[{name:"benchmark",label:"Benchmark",kind:"choice",options:p}]:[]];return i`<section aria-label="Problems">
    <h2>Problems <small>${h(e.total)}</small></h2>
    <${Te} fields=${u} values=${s} onChange=${a} label="Filters of problems" />
    ${e.pairs.length?i`<ol class="trace-rows trace-pairs" ref=${r} aria-busy=${t} start=${n+1}>
            ${e.pairs.map(($,f)=>i`<${ni} key=${`${$.benchmark}/${$.problem}`} pair=${$} address=${o({at:n+f})} />`)}
          </ol>
          <${be} offset=${n} limit=${$e} total=${e.total} onOffset=${l} what="problems" />`:i`<${V} title="No problem is like that" />`}
  </section>`}function ni({pair:e,address:t}){return i`<li>
    <${Z} tone=${ut[e.kind][0]}>${e.kind}<//>
    <a class="trace-row" href=${t}>${e.question.replace(/\s+/g," ").trim()||e.problem}</a>
    <span class="trace-answers"><code>${e.first.answer??"nothing"}</code> <span class="dim">then</span> <code>${e.second.answer??"nothing"}</code> <span class="dim">for</span> <code>${e.reference}</code></span>
    <span class="facts dim"><code>${e.benchmark} ${e.problem}</code>${!e.same&&i`<${Z} tone="unsure">asked otherwise<//>`}</span>
  </li>`}var vr=e=>`/corpora/${e.kind}/${encodeURIComponent(e.name)}`;function he(e,t){let n=Object.entries(t).filter(([,s])=>s!=null);return n.length?`${e}?${new URLSearchParams(n)}`:e}var si={dataset:"the data set",dropped:"all that was dropped"};function dt(e){let[t,n]=e.split(":");return si[e]??(t==="kept"?`kept by ${n}`:`dropped by ${n}`)}var Qe="∅",ue=(e,t)=>F(e,["rows"],t),_e=(e,t,n)=>F(e,["row"],{id:t,place:n}),kr={verified:"good",mismatch:"bad",error:"bad",timeout:"unsure",trivial:"unsure",unverifiable:"unsure"};function Ae({verdict:e,many:t}){return i`<${Z} tone=${Object.hasOwn(kr,e??"")?kr[e]:""}>${e??"not verified"}${t?` ${h(t)}`:""}<//>`}var yr=["first","second","third","fourth","fifth","sixth"],wr=e=>`var(--${yr[Math.min(e,yr.length-1)]})`;function Rn({names:e,has:t=()=>!0}){return i`<p class="legend">${e.map((n,s)=>t(n)&&i`<span><i style=${{background:wr(s)}}></i>${n}</span>`)}</p>`}function Lt({groups:e,order:t,unit:n,address:s,share:o}){let r=Math.max(1,...e.map(a=>a.total));return i`<ul class="bars">
    ${e.map(a=>{let l=new Map(a.parts);return i`<li>
        <span class="bar-name">${s?i`<a href=${s(a)}>${a.name}</a>`:a.name}</span>
        <span class="bar-track" aria-hidden="true">
          ${t.map((c,p)=>l.get(c)>0&&i`<i title=${`${c}: ${h(l.get(c))}`} style=${{width:`${100*l.get(c)/r}%`,background:wr(p)}}></i>`)}
        </span>
        <span class="bar-total">${h(a.total)} ${n}</span>
        <span class="bar-parts dim">${t.filter(c=>l.get(c)).map(c=>i`<span>${c} ${h(l.get(c))}${o?` (${j(l.get(c)/a.total,0)})`:""}</span>`)}</span>
      </li>`})}
  </ul>`}function $t({pieces:e,what:t="marked",mark:n=s=>s}){return i`<div class="marked">${e.map(([s,o])=>n(o)?i`<mark title=${t}>${s}</mark>`:s)}</div>`}function xr(e){return e<60?`${e.toFixed(1)} s`:e<7200?`${Math.round(e/60)} min`:`${(e/3600).toFixed(1)} h`}function Sr(){let e=D();return L(()=>{let t=0,n=()=>{for(let r of e.current?.querySelectorAll(".tex-text, .tex-display")??[])r.scrollWidth>r.clientWidth?r.tabIndex=0:r.removeAttribute("tabindex")},s=()=>{cancelAnimationFrame(t),t=requestAnimationFrame(n)},o=new MutationObserver(s);return o.observe(e.current,{childList:!0,subtree:!0}),addEventListener("resize",s),s(),()=>{o.disconnect(),removeEventListener("resize",s),cancelAnimationFrame(t)}},[]),e}var Er=20;function An({run:e,base:t,query:n}){return n.one&&n.other?i`<${ai} run=${e} base=${t} query=${n} />`:n.cluster?i`<${oi} run=${e} base=${t} query=${n} />`:i`<${ri} run=${e} base=${t} query=${n} />`}function ri({run:e,base:t,query:n}){let s=Number(n.start)||0,{data:o,error:r,reload:a}=I(he(`${t}/clusters`,{start:s,size:Er}));if(r)return i`<${T} error=${r} retry=${a} />`;if(!o)return i`<${N} />`;if(!o.clusters)return i`<${V} title="No row is a copy of another" />`;let l=Object.entries(o.params).map(([c,p])=>`${c} ${p}`).join(", ");return i`
    <${Me}>
      <${ie} label="clusters of copies" value=${h(o.clusters)} />
      <${ie} label="rows in them" value=${h(o.members)} />
      <${ie} label="stayed" value=${h(o.kept)} />
    <//>
    ${l&&i`<p class="about">Looked for with ${l}.</p>`}
    <${be} offset=${s} limit=${Er} total=${o.total} what="clusters, the largest first" onOffset=${c=>W(F(e,["copies"],{start:c||""}))} />
    <ul class="rows">
      ${o.largest.map(c=>i`<li>
          <a class="row-link" href=${F(e,["copies"],{cluster:c.name})}><b>${h(c.size)} copies</b> <code>${c.name}</code></a>
          ${c.members.map(p=>i`<p class="facts"><${Cn} kept=${p.kept} /> <span class="dim">${p.why}</span> <code>${p.id}</code></p>`)}
          ${c.size>c.members.length&&i`<p class="dim">and ${h(c.size-c.members.length)} more</p>`}
        </li>`)}
    </ul>
    ${o.total<o.clusters&&i`<p class="dim">The largest ${h(o.total)} of ${h(o.clusters)} are listed.</p>`}
  `}var Cn=({kept:e})=>i`<${Z} tone=${e?"good":"bad"}>${e?"stays":"goes"}<//>`;function oi({run:e,base:t,query:n}){let{data:s,error:o,reload:r}=I(he(`${t}/cluster`,{name:n.cluster}));if(o)return i`<${T} error=${o} retry=${r} />`;if(!s)return i`<${N} />`;let a=s.members.find(l=>l.kept);return i`
    <p><a href=${F(e,["copies"])}>All clusters</a></p>
    <h2>${h(s.size)} copies</h2>
    <${G} caption="Members of the cluster" head=${["row","","why","source","characters","difference"]} numbers=${[4]}
      rows=${s.members.map(l=>[i`<a href=${_e(e,l.id)}>${l.title||l.id}</a><br /><span class="dim">${l.url}</span>`,i`<${Cn} kept=${l.kept} />`,l.why,l.source,h(l.length),!l.kept&&a&&i`<a href=${F(e,["copies"],{cluster:n.cluster,one:a.id,other:l.id})}>beside the one that stays</a>`])} />
    ${s.size>s.members.length&&i`<p class="dim">${h(s.size-s.members.length)} more are left out.</p>`}
  `}function ai({run:e,base:t,query:n}){let{one:s,other:o,cluster:r}=n,{data:a,error:l,reload:c}=I(he(`${t}/difference`,{one:s,other:o}));return l?i`<${T} error=${l} retry=${c} />`:a?i`
    <p><a href=${F(e,["copies"],{cluster:r})}>The cluster</a></p>
    <p class="about">Marked is what the other one does not have.</p>
    <div class="beside texts">
      ${[[a.one,"Stays",!0],[a.other,"Goes",!1]].map(([p,u,$])=>i`<div>
          <h3><${Cn} kept=${$} /> <a href=${_e(e,p.id)}>${p.id}</a></h3>
          <${$t} pieces=${p.pieces} mark=${f=>!f} what="not in the other" />
          ${p.left_out>0&&i`<p class="dim">${h(p.left_out)} more characters are left out.</p>`}
        </div>`)}
    </div>
  `:i`<${N} />`}var Tr=20;function Nn({run:e,base:t,query:n}){let s=Number(n.start)||0,{data:o,error:r,reload:a}=I(he(`${t}/evidence`,{benchmark:n.benchmark||null,start:s,size:Tr}));if(r)return i`<${T} error=${r} retry=${a} />`;if(!o)return i`<${N} />`;let l=u=>W(F(e,["benchmarks"],{...n,start:"",...u})),c=Object.values(o.looked_for).reduce((u,$)=>u+$,0),p=[...new Set([...Object.keys(o.benchmarks),...Object.keys(o.looked_for)])];return i`
    <${Me}>
      ${c>0&&i`<${ie} label="items looked for" value=${h(c)} />`}
      <${ie} label="items found" value=${h(o.items)} />
      <${ie} label="rows they are in" value=${h(o.rows)} />
      <${ie} label="rows dropped" value=${h(o.dropped)} />
    <//>
    <p class="about">
      ${o.params.n&&`Items were looked for by their ${o.params.n}-grams; ${j(o.params.threshold,0)} of them in a passage are enough.`}
    </p>
    ${p.length>0&&i`<${z} summary="By benchmark">
      <${G} caption="Items by benchmark" head=${["benchmark","looked for","passages found"]} numbers=${[1,2]} rows=${p.map(u=>[u,h(o.looked_for[u]),h(o.benchmarks[u]??0)])} />
    <//>`}
    ${o.ignored.length>0&&i`<${z} summary="Items with n-grams that are too frequent to say anything">
      <${G} caption="Items with frequent n-grams" head=${["item","n-grams","ignored"]} numbers=${[1,2]} rows=${o.ignored.map(u=>[u.item,h(u.grams),h(u.frequent)])} />
    <//>`}
    ${!o.passages&&i`<${V} title="No item of a benchmark was found" />`}
    ${o.passages>0&&i`
      <${Te} label="Filters of items" values=${n} onChange=${u=>l({benchmark:u.benchmark})}
        fields=${[{name:"benchmark",label:"Benchmark",kind:"choice",options:Object.entries(o.benchmarks).map(([u,$])=>({value:u,count:$}))}]} />
      <${be} offset=${s} limit=${Tr} total=${o.total} what="passages" onOffset=${u=>l({start:u||""})} />
      <ul class="rows">
        ${o.found.map(u=>i`<li>
            <a class="row-link" href=${_e(e,u.id,o.place)}><b>${u.item}</b> <span class="row-start">${u.passage}</span></a>
            <p class="facts dim"><span>${j(u.share,0)} of its n-grams</span> <code>${u.id}</code></p>
          </li>`)}
      </ul>`}
  `}var ii=["","not stated","not known"],li=5;function Pn({run:e,base:t,overview:n}){let s=`${n.stages.length}/${n.finished}`;return i`
    ${!n.finished&&i`<${ci} overview=${n} />`}
    <${ui} key=${s} run=${e} base=${t} overview=${n} />
    <${$i} run=${e} base=${t} overview=${n} />
    <${hi} overview=${n} />
  `}function ci({overview:e}){let t=`${e.stages.length} of its stages are done`,n=e.doing&&` The stage ${e.doing.stage} began ${At(e.doing.since)}.`;return i`<p class="notice" role="status">
    ${e.state==="running"?`This run is being built: ${t}.`:`This run is not finished: ${t}. Give the same command again to go on.`}${n}
  </p>`}function ui({run:e,base:t,overview:n}){let{data:s,error:o,reload:r}=I(`${t}/contents`);return o?i`<${T} error=${o} retry=${r} />`:s?i`
    <${Me}>
      ${s.figures.map(([a,l])=>i`<${ie} label=${a} value=${h(l)} note=${a==="verified"?j(l/s.figures.find(([c])=>c==="computations")[1]):""} />`)}
      ${n.licence&&i`<${ie} label="licence of the whole" value=${n.licence} />`}
    <//>
    ${s.made_of.sources.length>0&&i`<${pi} run=${e} data=${s} />`}
    ${s.verdicts?.by_kind.length>0&&i`<${di} run=${e} overview=${n} data=${s} />`}
  `:i`<${N} label="Counting" />`}function pi({run:e,data:t}){let{by:n,unit:s,sources:o}=t.made_of,r=[...new Set(o.flatMap(l=>l.parts.map(([c])=>c)))],a={licence:"licence",language:"language",model:"model"};return i`
    <h2>What it is made of <small>${s} by source and ${n}</small></h2>
    <${Rn} names=${r} />
    <${Lt} groups=${o} order=${r} unit=${s} address=${l=>ue(e,{source:l.name})} />
    <${z} summary=${`By ${t.tallies.filter(l=>l.values.length).map(l=>l.name).join(", ")}`}>
      <div class="tallies">
        ${t.tallies.filter(l=>l.values.length).map(l=>i`<${G} caption=${`${l.unit} by ${l.name}`} head=${[l.name,l.unit,"share"]} numbers=${[1,2]}
            rows=${l.values.map(([c,p])=>[l.name in a?i`<a href=${ue(e,{[l.name]:ii.includes(c)?Qe:c})}>${c||"not stated"}</a>`:c,h(p),j(p/l.total)])} />`)}
      </div>
    <//>
  `}function di({run:e,overview:t,data:n}){let{order:s,by_kind:o,by_translator:r}=n.verdicts,a=new Set(o.flatMap(u=>u.parts.map(([$])=>$))),l=[...s,...[...a].filter(u=>!s.includes(u))],c=t.places.find(({name:u})=>u==="kept:verify")?.name,p=new Map;return r.forEach(u=>u.parts.forEach(([$,f])=>p.set($,(p.get($)??0)+f))),i`
    <h2>Verdicts <small>what running the code of each computation came to</small></h2>
    <p class="chips">
      ${l.filter(u=>p.get(u)).map(u=>c?i`<a href=${ue(e,{place:c,verdict:u})}><${Ae} verdict=${u} many=${p.get(u)} /></a>`:i`<${Ae} verdict=${u} many=${p.get(u)} />`)}
    </p>
    <${Rn} names=${l} has=${u=>p.get(u)} />
    ${r.length>1&&i`<h3>By translator</h3><${Lt} groups=${r} order=${l} unit="" share />`}
    <${Lt} groups=${o} order=${l} unit="" />
    ${n.skipped.length>0&&i`<${z} summary="Formulas that no code was made of, by reason">
      <${G} caption="Formulas that no code was made of" head=${["reason","formulas"]} numbers=${[1]} rows=${n.skipped.map(([u,$])=>[u,h($)])} />
    <//>`}
  `}function $i({run:e,base:t,overview:n}){if(!n.stages.length)return null;let s=a=>a.dropped.reduce((l,[,c])=>l+c,0),o=Math.max(1,...n.stages.map(a=>Math.max(a.rows_in,a.kept+s(a)))),r=a=>({width:`${100*a/o}%`});return i`
    <h2>The funnel <small>what each stage kept and dropped, in rows</small></h2>
    <ol class="funnel">
      ${n.stages.map(a=>{let l=s(a);return i`<li>
          <span class="bar-name">${a.name}</span>
          <span class="bar-track" aria-hidden="true"><i class="kept" style=${r(a.kept)}></i><i class="gone" style=${r(l)}></i></span>
          <span class="bar-total">
            <a href=${ue(e,{place:`kept:${a.name}`})}>${h(a.kept)} kept</a>
            ${l>0?i`<a class="bad" href=${ue(e,{place:`dropped:${a.name}`})}>${h(l)} dropped</a>`:i`<span class="dim">none dropped</span>`}
          </span>
          <span class="bar-parts dim">
            ${a.dropped.slice(0,li).map(([c,p])=>i`<a href=${ue(e,{place:`dropped:${a.name}`,reason:c})}>${c} ${h(p)}</a>`)}
            <span>${a.rows_in!==a.kept+l?`${h(a.rows_in)} in, `:""}${xr(a.seconds)}</span>
          </span>
          ${l>0&&i`<div class="why"><${z} summary="Reasons in full"><${fi} run=${e} base=${t} stage=${a.name} /><//></div>`}
        </li>`})}
    </ol>
  `}function fi({run:e,base:t,stage:n}){let{data:s,error:o,reload:r}=I(he(`${t}/reasons`,{stage:n}));if(o)return i`<${T} error=${o} retry=${r} />`;if(!s)return i`<${N} />`;let a=`dropped:${n}`;return s.map(l=>i`<h3><a href=${ue(e,{place:a,reason:l.reason})}>${l.reason}</a> <small>${h(l.count)}</small></h3>
      <${G} caption=${`Reasons of the sort ${l.reason}`} head=${["in full","rows"]} numbers=${[1]}
        rows=${l.details.map(([c,p])=>[c==="no more is said"?c:i`<a href=${ue(e,{place:a,reason:`${l.reason}: ${c}`})}>${c}</a>`,h(p)])} />
      ${l.kinds>l.details.length&&i`<p class="dim">${h(l.kinds-l.details.length)} more are left out.</p>`}`)}function hi({overview:e}){return i`<h2>What was asked</h2>
    <${z} summary="The recipe, with every default"><pre class="code raised" tabindex="0" role="region" aria-label="Recipe">${e.recipe||"none is kept"}</pre><//>
    <${z} summary="Versions">
      <${G} caption="Versions" head=${["what","version"]} rows=${Object.entries(e.versions)} />
    <//>`}function In(e,t,n){let[s,o]=R({busy:!1,found:null,error:null});return[s,async()=>{o({busy:!0,found:null,error:null});try{let a=await oe(`${e}/again`,{method:"POST",body:{place:t.place,id:t.id,computation:n}});o({busy:!1,found:a,error:null})}catch(a){o({busy:!1,found:null,error:a})}}]}var Ln=({same:e,said:t})=>i`<${Z} tone=${e?"good":"bad"}>${t??(e?"the same":"not the same")}<//>`;function Bn({state:e,run:t,of:n=""}){return i`<button type="button" class="again" disabled=${e.busy} onClick=${t} aria-label=${n?`Run again: ${n}`:void 0}>Run again</button>`}function Or({state:{busy:e,found:t,error:n}}){return i`<div class="now" aria-live="polite">
    ${e&&i`<${N} label="Running" />`}
    ${n&&i`<${T} error=${n} />`}
    ${t&&i`<div class="compared">
      <div><h4>Stored <${Ae} verdict=${t.stored.verdict} /></h4><${ze} text=${t.stored.output??""} /></div>
      <div>
        <h4>Now <${Ae} verdict=${t.now.verdict} /> <${Ln} same=${t.same} /></h4>
        <${ze} text=${t.now.output} images=${t.now.images} />
        <p class="dim">${t.now.reason}${t.now.reason?", ":""}${t.now.seconds} s</p>
      </div>
    </div>`}
  </div>`}var mi=e=>/\$|\\[([]/.test(e)?e:e.replace(/\\boxed\{[^{}]*\}/g,"\\($&\\)"),gi=e=>e.type==="text"?{...e,content:mi(e.content)}:e;function Rr({base:e,row:t}){let[n,s]=In(e,t,null),o=new Map((n.found?.blocks??[]).map(a=>[a.index,a])),r=t.blocks.some(a=>a.type==="code");return i`
    ${r&&i`<p><${Bn} state=${n} run=${s} />
      <span aria-live="polite">${n.busy&&" running …"}${n.found&&i` <${Ln} same=${n.found.same} said=${n.found.same?"all outputs are the same":"an output is not the same"} />`}</span></p>`}
    ${n.error&&i`<${T} error=${n.error} />`}
    ${t.blocks.map((a,l)=>{let c=o.get(l)??o.get(l-1);if(a.type==="execution"&&c)return i`<${Mr} key=${l} stored=${a.content} block=${c} />`;let p=a.type==="code"&&c&&t.blocks[l+1]?.type!=="execution";return i`<${ke} key=${l} blocks=${[gi(a)]} />${p&&i`<${Mr} stored=${null} block=${c} />`}`})}
  `}function Mr({stored:e,block:t}){return i`<div class="compared">
    <div><h4>Stored</h4>${e===null?i`<p class="dim">no output is stored</p>`:i`<${ze} text=${e} />`}</div>
    <div><h4>Now <${Ln} same=${t.same} said=${t.outcome} /></h4><${ze} text=${t.now.output} images=${t.now.images} /><p class="dim">${t.now.seconds} s</p></div>
  </div>`}var qe=null;function Ar(e,{place:t,rows:n},s){qe={name:e.name,address:s,rows:n.map(o=>({id:o.id,place:t==="dropped"?`dropped:${o.stage}`:t}))}}function Cr(e,t,n){let s=qe?.name===e.name?qe.rows.findIndex(o=>o.id===t&&o.place===n):-1;return s<0?{back:null,before:null,after:null}:{back:qe.address,before:qe.rows[s-1]??null,after:qe.rows[s+1]??null,at:s,of:qe.rows.length}}function Dn({run:e,base:t,query:n}){let{id:s,place:o}=n,{data:r,error:a,reload:l}=I(s?he(`${t}/row`,{id:s,place:o||null}):null),c=Cr(e,s,o),p=u=>u&&W(_e(e,u.id,u.place));return ee({j:()=>p(c.after),k:()=>p(c.before),u:["back to the list",()=>W(c.back??ue(e,{}))]}),L(()=>scrollTo(0,0),[s,o]),i`
    <nav class="near" aria-label="Rows">
      <a href=${c.back??ue(e,{})}>All rows</a>
      ${c.of&&i`<span class="dim">${c.at+1} of ${c.of} on its page</span>`}
      ${c.before&&i`<a href=${_e(e,c.before.id,c.before.place)}>Previous</a>`}
      ${c.after&&i`<a href=${_e(e,c.after.id,c.after.place)}>Next</a>`}
    </nav>
    ${a&&i`<${T} error=${a} retry=${l} />`}
    ${!r&&!a&&i`<${N} />`}
    ${r&&i`<${bi} key=${`${r.place}/${r.id}`} run=${e} base=${t} row=${r} asked=${n} />`}
  `}function bi({run:e,base:t,row:n,asked:s}){let o=new Map(n.facts),r=o.get("title")??o.get("problem")??n.id;return i`<article class="row-shown">
    <h2>${r} <small>${dt(n.place)}</small></h2>
    ${n.drop_reason&&i`<p class="reason" role="note"><b>Dropped:</b> ${n.drop_reason}</p>`}
    <${_i} run=${e} row=${n} />
    <${ki} run=${e} row=${n} />
    <${wi} run=${e} row=${n} />
    ${n.evidence.length>0&&i`<${xi} row=${n} />`}
    ${n.question?i`<${Ri} base=${t} row=${n} />`:i`<${Ei} base=${t} row=${n} query=${s} />`}
  </article>`}function _i({run:e,row:t}){let n=t.trail.findLast(o=>o.id===t.document),s=[...n&&t.forms.length?[[n.id,`${n.kept?"kept":"dropped"}:${n.stage}`,"with its computations"]]:[],...t.forms.map(o=>[o,"dataset",o.slice(t.document.length+1)])];return s.length<2?null:i`<nav class="tabs small" aria-label="Forms of the document">
    ${s.map(([o,r,a])=>i`<a href=${_e(e,o,r)} aria-current=${t.id===o?"page":void 0}>${a}</a>`)}
  </nav>`}function ki({run:e,row:t}){let n=new Map;for(let s of t.trail)n.set(s.stage,[...n.get(s.stage)??[],s]);return i`<ol class="trail" aria-label="Stages">
    ${[...n].map(([s,o])=>{let[r]=o,a=`${r.kept?"kept":"dropped"}:${s}`;return i`<li class=${r.kept?"":"bad"}>
        <a href=${_e(e,r.id,a)} aria-current=${t.place===a?"true":void 0} title=${r.reason??`kept by ${s}`}>
          <span aria-hidden="true">${r.kept?"✓":"✗"}</span> ${s}${o.length>1?` ×${o.length}`:""}<span class="hidden">${r.kept?", kept":", dropped"}</span>
        </a>
      </li>`})}
  </ol>`}var yi=/^https?:\/\/[^\s<>"']+$/,vi=new Set(["source","licence","language","form","method","split","tokens","model","answer","verdict","url"]);function wi({run:e,row:t}){let n=(o,r)=>o==="url"&&yi.test(r)?i`<a href=${r} rel="noopener noreferrer" target="_blank">${r}</a>`:o==="problem"||o==="parent"?i`<a href=${ue(e,{problem:r})}>${r}</a>`:r,s=t.facts.filter(([o])=>vi.has(o));return i`
    <p class="facts">${s.map(([o,r])=>i`<span><span class="dim">${o}</span> ${n(o,o==="tokens"?h(Number(r)):r)}</span>`)}</p>
    <${z} summary=${i`<span class="dim">All that is known of it</span>`}>
      <dl class="known">${t.facts.map(([o,r])=>i`<div><dt>${o}</dt><dd>${n(o,r)}</dd></div>`)}</dl>
      ${t.skipped.length>0&&i`<p class="dim">Formulas that no code was made of: ${t.skipped.map(o=>`${o.reason} ${h(o.count)}`).join(", ")}</p>`}
    <//>
  `}function xi({row:e}){return i`<section aria-label="Items of benchmarks in it" class="evidence">
    ${e.evidence.map(t=>i`<div class="beside">
        <div>
          <h3>In this row <small>${j(t.share,0)} of the item's n-grams</small></h3>
          <div class="marked"><mark>${t.passage}</mark></div>
          ${!t.known&&i`<p class="dim">The text that is shown below no longer has this passage.</p>`}
        </div>
        <div>
          <h3>${t.item}</h3>
          ${t.question?i`<${Y} text=${t.question} />`:i`<p class="dim">The question is not at hand: this item is from no benchmark on this machine.</p>`}
        </div>
      </div>`)}
  </section>`}function Si(e,t){let[n,s]=R([]),[o,r]=R({next:t.next,busy:!1,error:null}),a=async()=>{r(c=>({...c,busy:!0}));try{let c=await oe(he(`${e}/row`,{id:t.id,place:t.place,after:o.next}));s(p=>[...p,...c.passages??c.blocks]),r({next:c.next,busy:!1,error:null})}catch(c){r(p=>({...p,busy:!1,error:c}))}},l=i`
    ${o.error&&i`<${T} error=${o.error} />`}
    ${o.next!==null&&i`<p><button type="button" disabled=${o.busy} onClick=${a}>Show more of ${h(t.length)} characters</button></p>`}
  `;return[[...t.passages??t.blocks,...n],l]}function Ei({base:e,row:t}){let[n,s]=Si(e,t);if(t.blocks)return i`<${ke} blocks=${n} />${s}
      ${t.computations.length>0&&i`<h3>Its computations <small>${h(t.computations.length)}</small></h3>
      <div class="steps apart">${t.computations.map(r=>i`<${Pr} base=${e} row=${t} one=${r} />`)}</div>`}`;let o=!t.computations.length;return i`<div class=${`passages ${o?"alone":""}`}>
    ${n.map((r,a)=>i`<div class=${`passage ${r.computations.length?"computed":""}`} key=${a}>
        <div><${Oi} passage=${r} /></div>
        ${r.computations.length>0&&i`<div class="steps">${r.computations.map(l=>i`<${Pr} base=${e} row=${t} one=${t.computations[l]} />`)}</div>`}
      </div>`)}
  </div>${s}`}var Nr=/^#{1,6}\s+(?=\S)/,Ti=/^\*\*([^*\n]+)\*\*$/,Mi=/^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n?\1?\s*$/;function Oi({passage:e}){let t=e.pieces.map(([o])=>o).join("").trim();if(e.pieces.some(([,o])=>o))return i`<${$t} pieces=${e.pieces} what="an item of a benchmark" />`;let n=t.match(Mi);if(n)return i`<${lt} code=${n[2]} label="Code of the document" />`;if(Nr.test(t)&&!t.includes(`
`))return i`<${Y} class="heading" text=${t.replace(Nr,"")} />`;let s=t.match(Ti);return i`<${Y} class=${s?"bold":""} text=${s?s[1]:t} />`}var jn=e=>e?e.includes("$")?e:`\\(${e}\\)`:"";function Pr({base:e,row:t,one:n}){let[s,o]=In(e,t,n.number);return i`<section class="step" aria-label=${`Computation ${n.number+1}`}>
    <header>
      <span class="dim">${n.number+1}</span>
      <${Ae} verdict=${n.verdict} />
      <span class="dim">${n.kind}${n.translator!=="symbolic"?` · ${n.translator}`:""}</span>
      <${Bn} state=${s} run=${o} of=${`computation ${n.number+1}`} />
    </header>
    <${Y} class="claim" text=${`${jn(n.expression)}${n.result?` \\(=\\) ${jn(n.result)}`:""}`} />
    ${n.conditions?.length>0&&i`<div class="conditions"><span class="dim">with</span> <${Y} text=${n.conditions.map(jn).join(", ")} /></div>`}
    <${lt} code=${n.code??""} />
    ${n.output!==void 0&&i`<dl class="printed-line">
      <div><dt>expected</dt><dd><code>${n.result}</code></dd></div>
      <div><dt>printed</dt><dd>${n.output?i`<code>${n.output}</code>`:i`<span class="dim">nothing</span>`}</dd></div>
      ${n.reason&&i`<div><dt>because</dt><dd>${n.reason}</dd></div>`}
    </dl>`}
    <${Or} state=${s} />
  </section>`}function Ri({base:e,row:t}){let n=t.question.some(([,o])=>o),s=new Map(t.facts);return i`
    <h3>Question</h3>
    ${n?i`<${$t} pieces=${t.question} what="an item of a benchmark" />`:i`<${Y} text=${t.question.map(([o])=>o).join("")} />`}
    ${s.get("answer")&&i`<p><span class="dim">Reference answer</span> <${Z}>${s.get("answer")}<//></p>`}
    <h3>Solution</h3>
    ${t.blocks.length?i`<${Rr} base=${e} row=${t} />`:i`<p class="dim">No solution was made.</p>`}
  `}var Ce=25,Fn=["reason","verdict","source","licence","language","form","method","split","model"];function Hn({run:e,base:t,overview:n,query:s}){let o=D(),r=s.place||n.places[0]?.name,a=Number(s.start)||0,l=I(r?he(`${t}/values`,{place:r}):null),c=Object.fromEntries(Fn.filter(O=>s[O]).map(O=>[O,s[O]===Qe?"":s[O]])),{text:p,problem:u}=s,$=r?he(`${t}/rows`,{place:r,...c,text:p||null,problem:u||null,start:a,size:Ce}):null,{data:f,error:d,loading:g,reload:m}=I($),b=O=>W(ue(e,{...s,start:"",...O}),{replace:"text"in O}),w=O=>{b({start:O||""}),scrollTo(0,0)},S=O=>{let B=[...o.current.querySelectorAll(".row-link")],le=B.indexOf(document.activeElement);B[Math.min(Math.max(le+O,0),B.length-1)]?.focus()},k=f?.total??0;if(ee({j:()=>S(1),k:()=>S(-1),n:()=>a+Ce<k&&w(a+Ce),p:()=>a>0&&w(Math.max(0,a-Ce)),r:["any page",()=>k>Ce&&w(Ce*Math.floor(Math.random()*k/Ce))]}),L(()=>f&&Ar(e,f,location.hash),[f]),!r)return i`<${V} title="No rows yet">The first stage is not done.<//>`;let v=l.data??{},pe=[{name:"place",label:"Rows of",kind:"choice",any:dt(n.places[0].name),options:n.places.slice(1).map(({name:O,rows:B})=>({value:O,label:dt(O),count:B??void 0}))},...Fn.filter(O=>v[O]?.length>1||s[O]).map(O=>({name:O,label:O,kind:"choice",options:[...(v[O]??[]).map(([B,le])=>({value:B||Qe,label:B||"not stated",count:le})),...s[O]&&!(v[O]??[]).some(([B])=>(B||Qe)===s[O])?[{value:s[O],label:s[O]}]:[]]})),{name:"text",label:"Search",kind:"search",placeholder:e.kind==="corpus"?"text, title, address or id":"question, answer, problem or id"}];return i`
    <${Te} label="Filters of rows" fields=${pe} values=${s} onChange=${O=>{let B=Object.fromEntries(Object.entries(O).filter(([le,M])=>M!==(s[le]??"")));b("place"in B?{...Object.fromEntries(Fn.map(le=>[le,""])),...B}:B)}} />
    ${u&&i`<p class="facts"><span>rows of the problem <code>${u}</code></span> <a href=${ue(e,{...s,problem:"",start:""})}>all rows</a></p>`}
    ${d&&i`<${T} error=${d} retry=${m} />`}
    ${!f&&!d&&i`<${N} />`}
    ${f&&i`<div class=${g?"loading":""} aria-busy=${g}>
      <${be} offset=${a} limit=${Ce} total=${k} onOffset=${w} />
      ${!k&&i`<${V} title="No row passes these filters"><a href=${ue(e,{place:s.place})}>Without filters</a><//>`}
      <ul class="rows" ref=${o}>${f.rows.map(O=>i`<${Ai} key=${`${O.stage}/${O.id}`} run=${e} place=${r} row=${O} />`)}</ul>
      ${k>Ce&&i`<${be} offset=${a} limit=${Ce} total=${k} onOffset=${w} />`}
    </div>`}
  `}function Ai({run:e,place:t,row:n}){let s=t==="dropped"?`dropped:${n.stage}`:t,o=(n.start??"").replace(/\s+/g," ").trim(),r=[t==="dropped"&&n.stage,n.source,n.form??n.method,n.split==="validation"&&n.split,n.licence||"no licence stated",n.tokens!==null&&n.tokens!==void 0&&`${h(n.tokens)} tokens`];return i`<li>
    <a class="row-link" href=${_e(e,n.id,s)}>
      ${n.title&&i`<b>${n.title}</b>`}
      <span class="row-start">${o||"no text"}</span>
    </a>
    ${n.drop_reason&&i`<p class="row-reason">${n.drop_reason}</p>`}
    <p class="facts dim">
      ${Object.entries(n.verdicts??{}).map(([a,l])=>i`<${Ae} verdict=${a} many=${l} />`)}
      ${n.answer&&i`<${Z}>answer ${n.answer.slice(0,60)}<//>`}
      ${r.filter(Boolean).map(a=>i`<span>${a}</span>`)}
      <code>${n.id.slice(0,80)}</code>
    </p>
  </li>`}var Ir={"":Pn,rows:Hn,row:Dn,copies:An,benchmarks:Nn},Ci=2e3;function Bt({run:e,rest:t,query:n}){let s=vr(e),o=Sr(),{data:r,error:a,reload:l}=I(s,{every:e.state==="running"?Ci:0}),c=Object.hasOwn(Ir,t[0]??"")?t[0]??"":"",p=[["","Overview"],["rows",e.kind==="corpus"?"Documents":"Rows"],...r?.clusters?[["copies","Copies"]]:[],...r?.evidence?[["benchmarks","Benchmark items"]]:[]],u=c==="row"?"rows":c;return i`<div class="corpora" ref=${o}>
    <${Oe} run=${e}>${r?.about&&i`<p class="about">${r.about}</p>`}<//>
    <${Rt} tabs=${p} current=${u} label="Parts of the run" address=${$=>F(e,$?[$]:[])} />
    ${r?i`<${Ir[c]} run=${e} base=${s} overview=${r} query=${n} />`:a?i`<${T} error=${a} retry=${l} />`:i`<${N} />`}
  </div>`}var Un={evaluation:["Evaluations","what models solved, graded","mathcoder evaluate gsm8k --limit 50"],corpus:["Corpora","texts with computations that were checked","mathcoder corpus build recipes/quickstart.yaml"],instruct:["Instruction data","questions with executed solutions","mathcoder instruct build recipes/instruct-gsm8k.yaml"],training:["Training","models that were trained","mathcoder train sft recipes/sft-smollm2.yaml"]},Ni={running:"good",broken:"bad",stopped:"unsure"};function Wn({runs:e,folders:t,kinds:n}){let s=n.length?n:Object.keys(Un),o=s.map(l=>[l,e.filter(c=>c.kind===l)]),r=D(),a=l=>()=>{let c=[...r.current.querySelectorAll(".run > a")],p=c.indexOf(document.activeElement);c[Math.min(c.length-1,Math.max(0,p+l))]?.focus()};return ee({j:["next run",a(1)],k:["previous run",a(-1)]}),i`<div class="home" ref=${r}>
    <h1>${n.length?s.map(l=>Un[l][0]).join(", "):"Studio"}</h1>
    <p class="about">${e.length?`${e.length} ${e.length===1?"run":"runs"} found in`:"Runs are looked for in"} ${t.map(l=>i`<code>${l}</code> `)}</p>
    ${!n.length&&i`<a class="start" href=${se(["solve"])}><b>Solve a problem</b><span>Watch a model reason, write code and run it, step by step.</span></a>`}
    ${o.map(([l,c])=>i`<${Pi} key=${l} kind=${l} runs=${c} />`)}
  </div>`}function Pi({kind:e,runs:t}){let[n,s,o]=Un[e];return i`<section>
    <h2>${n} <small>${s}</small></h2>
    ${t.length?i`<ul class="runs">${t.map(r=>i`<${Ii} key=${r.name} run=${r} />`)}</ul>`:i`<${V} title="None yet">Make one: <code>${o}</code><//>`}
  </section>`}function Ii({run:e}){return i`<li class="run">
    <a href=${F(e)}>${e.title}</a>
    <${Z} tone=${Ni[e.state]}>${e.state}<//>
    <span class="facts">${Object.entries(e.facts).map(([t,n])=>i`<span key=${t}><span class="dim">${t}</span> ${n}</span>`)}</span>
    <span class="where dim"><code>${e.name.replaceAll("~","/")}</code> <time dateTime=${new Date(e.changed*1e3).toISOString()}>${At(e.changed)}</time></span>
  </li>`}var Lr=8;function Br({start:e,onTake:t}){let n=I("/solve/benchmarks");return i`<section id="picker" class="picker" aria-label="Problems of a benchmark">
    ${n.error&&i`<${T} error=${n.error} retry=${n.reload} />`}
    ${n.loading&&i`<${N} />`}
    ${n.data?.length===0&&i`<${V} title="No benchmark is on this machine" />`}
    ${n.data?.length>0&&i`<${Li} benchmarks=${n.data} start=${e} onTake=${t} />`}
  </section>`}function Li({benchmarks:e,start:t,onTake:n}){let s=e.find(k=>k.name===t?.benchmark)??e[0],[o,r]=R({benchmark:s.name,split:t?.split??"",text:""}),[a,l]=R(0),[c,p]=R(null),u=D(),$=e.find(k=>k.name===o.benchmark),f=Object.keys($.splits),d=f.includes(o.split)?o.split:f.includes("test")?"test":f[0],g={benchmark:$.name,split:d,text:o.text,offset:a,limit:Lr},m=I(`/solve/problems?${se([],g).split("?")[1]}`),b=k=>{let v=[...u.current.querySelectorAll("button")],pe=v.indexOf(document.activeElement);v[Math.min(Math.max(pe+k,0),v.length-1)]?.focus()};ee({j:()=>b(1),k:()=>b(-1)}),L(()=>l(0),[$.name,d,o.text]);let w=async k=>{try{n(await oe(`/solve/problem?${se([],{benchmark:$.name,split:d,number:k}).split("?")[1]}`)),p(null)}catch(v){p(v)}},S=$.splits[d];return i`
    <div class="settings">
      <label>Benchmark
        <select value=${$.name} onChange=${k=>r({...o,benchmark:k.currentTarget.value})}>
          ${e.map(k=>i`<option value=${k.name} selected=${k.name===$.name}>${k.title}</option>`)}
        </select>
      </label>
      ${f.length>1&&i`<label>Split
        <select value=${d} onChange=${k=>r({...o,split:k.currentTarget.value})}>
          ${f.map(k=>i`<option value=${k} selected=${k===d}>${k}</option>`)}
        </select>
      </label>`}
      <${Sn} field=${{label:"Search"}} value=${o.text} onValue=${k=>r({...o,text:k.slice(0,200)})} />
      <label>Number
        <input type="number" min="0" max=${S-1} placeholder=${`0–${S-1}`}
          onChange=${k=>k.currentTarget.value!==""&&w(k.currentTarget.valueAsNumber)}
          onKeyDown=${k=>k.key==="Enter"&&(k.preventDefault(),k.currentTarget.value!==""&&w(k.currentTarget.valueAsNumber))} />
      </label>
      <button type="button" onClick=${()=>w(Math.floor(Math.random()*S))}>Any</button>
    </div>
    ${(c??m.error)&&i`<${T} error=${c??m.error} />`}
    ${m.loading&&!m.data&&i`<${N} />`}
    ${m.data&&i`<ol class="problems" ref=${u}>
      ${m.data.rows.map(k=>i`<li key=${k.number}><button type="button" onClick=${()=>w(k.number)}>
          <span class="dim">${k.number}</span><span class="line">${k.line}</span>
          <span class="dim">${[k.level,k.subject].filter(Boolean).join(" · ")}</span>
        </button></li>`)}
    </ol>
    <${be} offset=${a} limit=${Lr} total=${m.data.total} onOffset=${l} what="problems" />`}`}var ft="another …";function Dr({choices:e,asked:t,onChange:n,onSolve:s,running:o,onStop:r,picking:a,onPick:l}){let{text:c,taken:p,settings:u}=t,$=(d,g)=>n({...t,settings:{...u,[d]:g}}),f=d=>{d.preventDefault(),!o&&c.trim()&&s()};return i`<form class="ask" aria-label="What to solve" onSubmit=${f}>
    <label class="problem">Problem
      <textarea rows="4" maxlength="100000" value=${c} data-search=${a?void 0:!0}
        placeholder="Type a problem; formulas between dollar signs."
        onInput=${d=>n({...t,text:d.currentTarget.value,taken:null})}
        onKeyDown=${d=>d.key==="Enter"&&(d.ctrlKey||d.metaKey)&&f(d)}></textarea>
    </label>
    <div class="go">
      ${o?i`<button type="button" class="stop" onClick=${r}>Stop</button>`:i`<button type="submit" class="main" disabled=${!c.trim()} title="Ctrl+Enter">Solve</button>`}
      <button type="button" aria-expanded=${a} aria-controls="picker" onClick=${()=>l(!a)}>From a benchmark</button>
      ${p&&i`<span class="taken">${p.title} · ${p.split} · number ${p.number}</span>`}
    </div>
    ${a&&i`<${Br} start=${p} onTake=${d=>n({...t,text:d.asked,taken:d})} />`}
    <div class="settings">
      <${Bi} settings=${u} set=${$} first=${e.model} />
      <label>Dialect
        <select value=${u.dialect} onChange=${d=>$("dialect",d.currentTarget.value)}>
          ${e.dialects.map(d=>i`<option value=${d} selected=${d===u.dialect}>${d}</option>`)}
        </select>
      </label>
      <${et} label="Votes" name="votes" min="1" max=${e.most_votes} settings=${u}
        set=${(d,g)=>n({...t,settings:{...u,votes:g,temperature:g>1&&!u.temperature?.7:u.temperature}})} />
      <${et} label="Temperature" name="temperature" min="0" max="2" step="0.1" settings=${u} set=${$} />
    </div>
    <${z} summary="More settings">
      <div class="settings">
        <label>Worked examples
          <select value=${String(u.examples)} onChange=${d=>$("examples",{null:null,true:!0,false:!1}[d.currentTarget.value])}>
            ${[["null","where the model needs them"],["true","shown"],["false","not shown"]].map(([d,g])=>i`<option value=${d} selected=${d===String(u.examples)}>${g}</option>`)}
          </select>
        </label>
        <${et} label="Seed" name="seed" min="0" max="2147483647" settings=${u} set=${$} />
        <${et} label="Rounds at most" name="rounds" min="1" max="100" settings=${u} set=${$} />
        <${et} label="Tokens at most" name="tokens" min="1" max="100000" settings=${u} set=${$} />
        <${et} label="Seconds at most" name="seconds" min="1" max="3600" settings=${u} set=${$} />
        <label>Variable with the API key
          <input type="text" value=${u.key_env} pattern="[A-Za-z_][A-Za-z0-9_]*" maxlength="100" required spellcheck=${!1}
            onChange=${d=>$("key_env",d.currentTarget.value)} />
        </label>
        <label class="system">Instruction before the question
          <input type="text" value=${u.system??""} placeholder="the usual one of the model" maxlength="10000"
            onChange=${d=>$("system",d.currentTarget.value.trim()||null)} />
        </label>
        <${jr} label="The model checks each answer with code" name="verify" settings=${u} set=${$} />
        <${jr} label="Round decimals to 6 places" name="round_decimals" settings=${u} set=${$} />
      </div>
    <//>
  </form>`}function et({label:e,name:t,settings:n,set:s,...o}){let r=a=>a.currentTarget.value!==""&&a.currentTarget.checkValidity()&&s(t,a.currentTarget.valueAsNumber);return i`<label>${e}<input type="number" required ...${o} value=${n[t]} onChange=${r} /></label>`}function jr({label:e,name:t,settings:n,set:s}){return i`<label class="check"><input type="checkbox" checked=${n[t]} onChange=${o=>s(t,o.currentTarget.checked)} />${e}</label>`}function Bi({settings:e,set:t,first:n}){let[s,o]=R([]),[r,a]=R(!1),[l,c]=R(null);L(()=>{let $=new AbortController;return oe("/solve/models",{method:"POST",body:{key_env:e.key_env},signal:$.signal}).then(f=>(o(f),c(null))).catch(f=>f.name==="AbortError"||c(f)),()=>$.abort()},[e.key_env]);let p=[...new Set([n,...s.map($=>$.spec),e.model].filter(Boolean))],u=e.model||n;return i`<label class="model">Model
      <select value=${r?ft:u} title=${u}
        onChange=${({currentTarget:{value:$}})=>(a($===ft),$!==ft&&t("model",$))}>
        ${p.map($=>i`<option value=${$} selected=${!r&&$===u}>${ji($)}</option>`)}
        <option value=${ft} selected=${r}>${ft}</option>
      </select>
    </label>
    ${r&&i`<label class="model">Model, as --model takes it
      <input type="text" value=${e.model} placeholder="NAME@http://localhost:8000/v1" maxlength="1000" spellcheck=${!1}
        onChange=${$=>t("model",$.currentTarget.value.trim())} />
    </label>`}
    ${l&&i`<${T} error=${l} />`}`}function ji(e){return e.length>44&&e.includes("/")&&!e.includes("://")?`… ${e.split("/").slice(-2).join("/")}`:e}var Di=()=>({parts:[],state:"waiting",open:!1,answer:null,ended:"unknown",note:"",cost:null,check:null}),Fr={waiting:["waits",""],running:["solving","good"],checking:["checking its answer","good"],done:["done",""],stopped:["stopped","unsure"]},Hr={no_answer:"it ended without an answer",empty:"the model wrote nothing",rounds:"the limit on rounds was reached",tokens:"the limit on tokens was reached",time:"the time was up",repeated_error:"the same code failed twice",model_error:"the model failed"};function Ur(e,t){switch(t.event){case"start":return{...t,running:!0,loading:!0};case"ready":return{...e,model:t.model,loading:!1};case"tally":return{...e,tally:t};case"failed":return jt({...e,failure:t.error});case"stopped":case"end":return jt(e);default:return{...e,votes:e.votes.map((n,s)=>s===t.vote?Fi(n,t):n)}}}function jt(e){let t=e.votes.map(n=>n.state==="done"?n:{...n,state:"stopped",open:!1});return{...e,votes:t,running:!1,loading:!1}}function Fi(e,t){switch(t.event){case"begun":return{...Di(),parts:e.parts,state:"running"};case"delta":return{...e,open:!0,parts:Hi(e,t)};case"executed":return{...e,open:!1,parts:[...e.parts,t.part]};case"solved":case"checked":return{...e,...t,open:!1};default:return e}}function Hi({parts:e,open:t},{type:n,text:s}){let o=e.at(-1);return t&&o.type===n?[...e.slice(0,-1),{...o,content:o.content+s}]:[...e,{type:n,content:s}]}var Ui=new RegExp([/\$\$(?:[^$]|\$(?!\$)){1,4000}\$\$/,/\\\[(?:[^\\]|\\[^[\]]){1,4000}\\\]/,/\\\((?:[^\\]|\\[^()]){1,4000}\\\)/,/\$(?![\s$])[^$\n]{1,4000}(?<!\s)\$(?!\d)/,/\\boxed *\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){1,500}\}/].map(e=>e.source).join("|"),"g"),Wr=/[A-Za-z]{2,}\s+[A-Za-z]{2,}/;function Kn(e){if(e.type!=="text"||!e.content.includes("\\boxed"))return e;let t=e.content.replace(Ui,n=>n.startsWith("\\boxed")&&!Wr.test(n)?`\\(${n}\\)`:n);return{...e,content:t}}function Dt(e){return/[\\^_{}]/.test(e)&&!/\$|\\\(|\\\[/.test(e)&&!Wr.test(e)?`\\(${e}\\)`:e}function Ft(e){return e<.01?"under 0.01 s":`${e.toFixed(e<1?2:1)} s`}function Kr({solve:e,grades:t,edit:n,onEdit:s,onGoOn:o}){let r=e.votes.length>1;return i`
    ${r&&i`<${Wi} solve=${e} />`}
    <div class=${r?"votes several":"votes"} tabindex=${r?0:void 0} role=${r?"region":void 0} aria-label=${r?"Solutions side by side":void 0}>
      ${e.votes.map((a,l)=>i`<${Ki} key=${l} vote=${a} at=${l} several=${r} grade=${t?.[l]} running=${e.running}
          edit=${n?.vote===l?n:null} onEdit=${s} onGoOn=${o} />`)}
    </div>`}function Wi({solve:e}){let{tally:t,votes:n}=e,s=t.ended??0;return i`<section class="tally" aria-label="Tally of the votes">
    <h2>Votes <small aria-live="polite">${s} of ${n.length} have ended</small></h2>
    <ol>
      ${(t.classes??[]).map((o,r)=>i`<li key=${o.answer} class=${r?"":"first"}>
          <span class="said"><${Y} text=${Dt(o.answer)} /></span>
          <span class="track" aria-hidden="true"><span style=${{width:j(o.share)}}></span></span>
          <span class="share">${j(o.share,0)}</span>
          <span class="who dim">${o.votes.length===1?"solution":"solutions"} ${o.votes.map(a=>a+1).join(", ")}</span>
        </li>`)}
      ${t.without?.length>0&&i`<li class="none"><span class="said dim">no answer</span><span class="track"></span><span class="share"></span>
        <span class="who dim">${t.without.length===1?"solution":"solutions"} ${t.without.map(o=>o+1).join(", ")}</span></li>`}
    </ol>
  </section>`}function Ki({vote:e,at:t,several:n,grade:s,running:o,edit:r,onEdit:a,onGoOn:l}){let[c,p]=Fr[e.state],u=e.state==="running"||e.state==="checking",$=D();L(()=>r&&$.current.querySelector(".editor textarea")?.focus(),[r?.at]);let f=e.parts.map((g,m)=>m===r?.at?{...g,content:r.code}:Kn(g)),d=(g,m)=>g.type==="execution"?g.status&&i`<span class=${g.status==="ok"?"dim":"bad"}>${g.status==="ok"?"":`${g.status} · `}${Ft(g.seconds)}</span>`:o?null:r?.at===m?i`<button type="button" class="main" disabled=${!r.code.trim()} onClick=${l}>Run and go on</button>
        <button type="button" onClick=${()=>a(null)}>Cancel</button>`:i`<button type="button" class="plain" onClick=${()=>a({vote:t,at:m,code:g.content})}>Edit</button>`;return i`<article class="vote" ref=${$} tabindex="-1" aria-label=${n?`Solution ${t+1}`:"Solution"}>
    <header>
      <h2>${n?`Solution ${t+1}`:"Solution"}</h2>
      <${Z} tone=${p}>${u&&i`<span class="pulse" aria-hidden="true"></span>`}${c}<//>
      ${s&&i`<${xe} correct=${s.correct} />`}
    </header>
    <${ke} blocks=${f} actions=${d} edit=${r&&{at:r.at,onEdit:g=>a({...r,code:g})}} />
    ${r&&r.at<e.parts.length-1&&i`<p class="dim">When it goes on, what stands after the edited code is written anew.</p>`}
    ${e.answer!==null&&i`<div class="answer"><span class="dim">Answer</span> <${Y} text=${Dt(e.answer)} /></div>`}
    ${e.check&&i`<${Vi} check=${e.check} />`}
    <${zi} vote=${e} />
  </article>`}var Gi={true:["finds it right","good"],false:["finds it wrong","bad"],uncertain:["cannot tell","unsure"]};function Vi({check:e}){let[t,n]=Gi[e.verdict];return i`<${z} summary=${i`The model's check <${Z} tone=${n}>${t}<//>`}><${ke} blocks=${e.parts.map(Kn)} /><//>`}function zi({vote:e}){if(!e.cost?.rounds&&!e.note)return null;let{cost:t}=e,n=[Hr[e.ended],`${h(t.completion_tokens)} tokens`,`${h(t.rounds)} ${t.rounds===1?"round":"rounds"}`,`model ${Ft(t.model_seconds)}`,t.sandbox_seconds>0&&`code ${Ft(t.sandbox_seconds)}`];return i`${e.note&&i`<${T} error=${e.note} />`}
    <p class="facts dim">${n.filter(Boolean).map(s=>i`<span>${s}</span>`)}</p>`}function Gn({taken:e,answers:t,judged:n,onJudged:s}){let[o,r]=R(null),[a,l]=R(!1),c=async()=>{l(!0);try{let{benchmark:p,split:u,number:$}=e;s(await oe("/solve/reference",{method:"POST",body:{taken:{benchmark:p,split:u,number:$},answers:t}})),r(null)}catch(p){r(p)}l(!1)};return o?i`<${T} error=${o} retry=${c} />`:n?i`<div class="reference">
    <div class="answer"><span class="dim">Reference answer</span> <${Y} text=${Dt(n.reference||"none")} /></div>
    ${n.solution&&i`<${z} summary="The solution that the benchmark states"><${Y} text=${n.solution} /><//>`}
  </div>`:i`<p><button type="button" disabled=${a} onClick=${c}>Show the reference answer</button></p>`}var Gr="solve-settings",qi=80;function Vn({query:e}){let t=I("/solve/choices");return t.error?i`<${T} error=${t.error} retry=${t.reload} />`:t.data?i`<${Xi} choices=${t.data} query=${e} />`:i`<${N} />`}function Xi({choices:e,query:t}){let[n,s]=R(()=>({text:t.problem??"",taken:null,settings:Qi(e)})),[o,r]=R([]),[a,l]=R(0),[c,p]=R(null),[u,$]=R(!1),[f,d]=R(null),[g,m]=R(null),[b,w]=R(!1),S=D(null),k=D(),v=o[a]??null,pe=b||!!o.at(-1)?.running;L(()=>localStorage.setItem(Gr,JSON.stringify(n.settings)),[n.settings]),L(()=>()=>S.current?.abort(),[]),L(()=>{t.benchmark&&el(t,s,d),t.id&&tl(t.id,r,s,d)},[]);let ve=async(Q,me)=>{S.current=new AbortController,w(!0),d(null),m(null),p(null);let _=null,x=0,C=()=>{x=0,r([...me,_])},K=q=>{_=Ur(_,q),q.event==="start"&&(l(me.length),w(!1),W(se(["solve"],{id:_.id}),{replace:!0})),x||=setTimeout(C,q.event==="delta"?qi:0)};try{await dn("/solve/runs",Q,K,S.current.signal)}catch(q){if(q.name==="AbortError")return clearTimeout(x);d(q)}w(!1),clearTimeout(x),_&&(_.running&&(_=jt(_)),C())},O=()=>{let{text:Q,taken:me,settings:_}=n,x=me?{taken:{benchmark:me.benchmark,split:me.split,number:me.number}}:{problem:Q};return $(!1),ve({..._,...x},[])},B=Q=>{!v&&Q.taken!==n.taken&&m(null),s(Q)},le=()=>{let Q={...n.settings,votes:1,going_on:{solve:v.id,vote:c.vote,block:c.at,code:c.code}};return ve(Q,o.slice(0,a+1))},M=async()=>{let Q=o.at(-1)?.id;try{Q&&!b?await oe(`/solve/runs/${Q}/stop`,{method:"POST"}):S.current?.abort()}catch{S.current?.abort()}b&&w(!1)},H=Q=>{let me=[...k.current.querySelectorAll(v?.votes.length>1?".vote":".block")],_=me.findIndex(C=>C===document.activeElement||C.contains(document.activeElement)),x=me[Math.min(Math.max(_+Q,0),me.length-1)];x&&(x.setAttribute("tabindex","-1"),x.focus(),x.scrollIntoView({block:"nearest",inline:"nearest"}))};ee({j:()=>H(1),k:()=>H(-1),b:["take a problem from a benchmark",()=>$(!u)],s:pe&&["stop",M]});let ae=v?.votes.map(Q=>Q.answer)??[],re=v?v.taken:n.taken;return i`<div ref=${k} class="solve">
    <h1>Solve</h1>
    <${Dr} choices=${e} asked=${n} onChange=${B} onSolve=${O} running=${pe} onStop=${M} picking=${u} onPick=${$} />
    ${f&&i`<${T} error=${f} />`}
    ${!v&&re&&i`<${Gn} taken=${re} answers=${[]} judged=${g} onJudged=${m} />`}
    ${v&&i`<section class="solved" aria-label="What came of it">
      <header>
        <${Y} text=${v.question} class="question" />
        <p class="facts">
          <span aria-live="polite">${Zi(v)}</span>
          <span class="dim">${v.model}</span>
          ${!v.running&&v.votes.some(Q=>Q.parts.length)&&i`<button type="button" onClick=${()=>Yi(v,d)}>Share as a file</button>`}
        </p>
        ${o.length>1&&i`<${Ji} shown=${o} current=${a} onChange=${Q=>(l(Q),p(null),m(null))} />`}
        ${v.failure&&i`<${T} error=${v.failure} />`}
        ${re&&i`<${Gn} key=${v.id} taken=${re} answers=${ae} judged=${g} onJudged=${m} />`}
      </header>
      <${Kr} solve=${v} grades=${g?.grades} edit=${c} onEdit=${p} onGoOn=${le} />
    </section>`}
  </div>`}function Ji({shown:e,current:t,onChange:n}){return i`<div class="tries" role="group" aria-label="Tries">
    ${e.map((s,o)=>i`<button type="button" key=${s.id} aria-pressed=${o===t} onClick=${()=>n(o)}>${o?`edited, ${o}`:"first try"}</button>`)}
  </div>`}function Zi(e){if(e.loading)return"the model is being loaded …";if(e.running)return"being solved …";if(e.failure)return"failed";let t=e.votes.length>1?e.tally.answer:e.votes[0].answer;return e.votes.every(n=>n.state==="stopped")?"stopped":t==null?"no answer":"solved"}async function Yi(e,t){try{await $n(`/solve/runs/${e.id}/page`,{method:"POST",name:"solution.html"}),t(null)}catch(n){t(n)}}function Qi({defaults:e,most_votes:t}){let{problem:n,taken:s,going_on:o,...r}=e,a={};try{a=JSON.parse(localStorage.getItem(Gr))??{}}catch{}for(let[l,c]of Object.entries(r))l in a&&(typeof a[l]==typeof c||r[l]===null)&&(r[l]=a[l]);return{...r,votes:Math.min(Math.max(r.votes,1),t)}}async function el({benchmark:e,split:t="test",number:n=0},s,o){try{let r=await oe(`/solve/problem?${se([],{benchmark:e,split:t,number:n}).split("?")[1]}`);s(a=>({...a,text:r.asked,taken:r}))}catch(r){o(r)}}async function tl(e,t,n,s){try{let o=await oe(`/solve/runs/${encodeURIComponent(e)}`),r=o.taken&&await oe(`/solve/problem?${se([],o.taken).split("?")[1]}`);t(a=>a.length?a:[o]),n(a=>({...a,text:o.question,taken:r}))}catch(o){o.status!==404&&s(o)}}var nl=e=>e.tokens?h(Math.round(e.tokens.per_problem)):"",sl=e=>e.seconds?h(e.seconds.per_problem):"",rl=["wrong","ungradable","invalid","truncated","failed"];function Vr({scores:e,ready:t}){if(!e)return null;let{parts:n,final:s}=e,o=n.some(p=>p.maj),r=n.some(p=>p.tokens),a=["Benchmark","Problems","Accuracy, 95% interval",...o?["Majority, 95% interval","Best pass@k"]:[],"Not right",...r?["Tokens","Seconds"]:[]],l=a.flatMap((p,u)=>["Problems","Tokens","Seconds"].includes(p)?[u]:[]),c=n.map(p=>[p.title,h(p.problems),i`<${Pt} share=${p.accuracy} />`,...o?[i`<${Pt} share=${p.maj} />`,ol(p.pass)]:[],i`<span class="trace-lost">${al(p.outcomes)}</span>`,...r?[nl(p),sl(p)]:[]]);return i`<section aria-label="Scores" class="trace-scores">
    <h2>Scores ${!s&&i`<small>so far; the run is ${t?"not finished":"being indexed"}</small>`}</h2>
    ${n.length?i`<${G} caption="Scores by benchmark" head=${a} rows=${c} numbers=${l} />`:i`<p class="dim">There are no solutions yet.</p>`}
    ${n.map(p=>i`<${il} key=${p.name} part=${p} alone=${n.length===1} />`)}
  </section>`}function ol(e={}){let t=Object.entries(e).at(-1);return t?`${j(t[1])} (k = ${t[0]})`:""}function al(e={}){let t=rl.filter(n=>e[n]);return t.length?t.map(n=>`${h(e[n])} ${n}`).join(", "):"none"}function il({part:e,alone:t}){let n=[["level",e.by_level],["subject",e.by_subject]].filter(([,s])=>s&&Object.keys(s).length>1);return!e.name||!n.length?null:i`<${z} summary=${`${t?"By":`${e.title} by`} ${n.map(([s])=>s).join(" and ")}`}>
    ${n.map(([s,o])=>i`<${G}
        caption=${`${e.title} by ${s}`}
        head=${[s==="level"?"Level":"Subject","Problems","Accuracy, 95% interval"]}
        rows=${Object.entries(o).map(([r,a])=>[r,h(a.total),i`<${Pt} share=${a} />`])}
        numbers=${[1]}
      />`)}
  <//>`}function zr({asked:e}){let t=["model","settings","inputs","versions","started","seconds"].flatMap(s=>s in e?Tn(e[s],s):[]);if(!t.length)return null;let n=typeof e.prompt=="string"?e.prompt:e.prompt&&JSON.stringify(e.prompt,null,1);return i`<${z} summary="What was asked, of what, with which versions">
    <${G} caption="What was asked" head=${["Setting","Value"]} rows=${t.map(([s,o])=>[i`<code>${s}</code>`,o])} />
    ${n&&i`<h3>The first prompt</h3><pre tabindex="0" role="region" aria-label="The first prompt" class="trace-prompt">${n}</pre>`}
  <//>`}var ll={"not right":"all but right",any:"any error",none:"no error",single:"only one sample",counting:"not counted yet",unanimous:"all samples agree",majority:"with the majority",minority:"against the majority",untyped:"error without a type"},cl=[["-tokens","most tokens"],["tokens","fewest tokens"],["-seconds","most seconds"],["seconds","fewest seconds"],["-rounds","most rounds"],["rounds","fewest rounds"],["-place","last first"]],ul=[["question","the question"],["text","the text"],["code","the code"],["output","the output"]],pl=["rounds","level","subject","vote"];function zn({run:e,rest:t,query:n}){return t[0]==="solution"?i`<${gr} run=${e} query=${n} />`:i`<${dl} run=${e} query=${n} />`}function dl({run:e,query:t}){let n=Ye(Re(e.name,[]),e.state==="running",l=>[l.state]);if(n.error&&!n.data)return i`<${Oe} run=${e} /><${T} error=${n.error} retry=${n.reload} />`;if(!n.data)return i`<${Oe} run=${e} /><${N} label="Opening the run" />`;let{state:s,scores:o,asked:r,errors:a}=n.data;return i`
    <${Oe} run=${e}><p><a href=${se(["compare",e.name])}>Compare with another run</a></p><//>
    <${Nt} state=${s} />
    ${a.map(l=>i`<${T} key=${l} error=${l} />`)}
    <${Vr} scores=${o} ready=${s.phase==="ready"} />
    <${zr} asked=${r} />
    ${(s.phase!=="failed"||s.rows>0)&&i`<${$l} run=${e} query=${t} version=${s.version} />`}
  `}function $l({run:e,query:t,version:n}){let s=Ct(t),o=Math.max(0,Math.trunc(Number(t.start))||0),{data:r,error:a,loading:l,reload:c}=I(Re(e.name,["rows"],{...s,start:o,count:$e,v:n})),p=D(),u=m=>W(F(e,[],m),{replace:!0}),$=m=>u({...s,start:m||""}),f=m=>()=>{let b=[...p.current?.querySelectorAll("a.trace-row")??[]],w=b.indexOf(document.activeElement);b[Math.min(b.length-1,Math.max(0,w+m))]?.focus()},d=!r||o+$e>=r.total;ee({j:["next solution",f(1)],k:["previous solution",f(-1)],n:!d&&["next page",()=>$(o+$e)],p:o>0&&["previous page",()=>$(Math.max(0,o-$e))]});let g=r&&i`<${be} offset=${o} limit=${$e} total=${r.total} onOffset=${$} what="solutions" />`;return i`<section aria-label="Solutions">
    <h2>Solutions ${r&&i`<small>${h(r.total)} found, ${r.total?`${j(r.right/r.total)} of them right`:"none of them right"}</small>`}</h2>
    <${fl} facets=${r?.facets} filters=${s} onChange=${u} />
    ${r?.note&&i`<p class="notice" role="status">${r.note}</p>`}
    ${a&&i`<${T} error=${a} retry=${c} />`}
    ${!r&&!a&&i`<${N} label="Looking for solutions" />`}
    ${r&&!r.rows.length&&i`<${V} title="No solution is like that">${Object.keys(s).length>0&&i`<a href=${F(e)}>Take all filters off</a>`}<//>`}
    ${r?.rows.length>0&&i`<ol class="trace-rows" ref=${p} aria-busy=${l} start=${o+1}>
        ${r.rows.map(m=>i`<${hl} key=${m.place} row=${m} address=${F(e,["solution"],{...s,id:m.id})} />`)}
      </ol>
      ${g}`}
  </section>`}function fl({facets:e,filters:t,onChange:n}){let s=(l,c,p)=>{let u=Object.entries(e?.[l]??{}).filter(([f])=>f);t[l]&&!u.some(([f])=>f===t[l])&&u.push([t[l],0]);let $=u.map(([f,d])=>({value:f,count:d,label:ll[f]??f}));return u.length>1||t[l]?[{name:l,label:c,any:p,kind:"choice",options:$}]:[]},o=(l,c,p,u)=>({name:l,label:c,any:u,kind:"choice",options:p.map(([$,f])=>({value:$,label:f}))}),r=[{name:"text",label:"Search",kind:"search",placeholder:'words, "a phrase", begin*'},o("part","in",ul,"everything"),...s("benchmark","Benchmark"),...s("outcome","Outcome"),...s("error","Errors of its code"),o("sort","Order",cl,"as in the run")],a=[...s("rounds","Rounds"),...s("level","Level"),...s("subject","Subject"),...s("vote","Vote")];return i`<div class="trace-filters">
    <${Te} fields=${r} values=${t} onChange=${n} label="Filters of solutions" />
    ${a.length>0&&i`<${z} summary="More filters" open=${pl.some(l=>t[l])}>
      <${Te} fields=${a} values=${t} onChange=${n} label="More filters" />
    <//>`}
    ${t.problem&&i`<p>Only samples of <code>${t.problem}</code> <button type="button" class="plain" onClick=${()=>n({...t,problem:""})}>all problems</button></p>`}
  </div>`}function hl({row:e,address:t}){let{excerpt:n}=e;return i`<li>
    <${xe} correct=${e.correct} outcome=${e.outcome} />
    <a class="trace-row" href=${t}>${e.question.replace(/\s+/g," ").trim()||e.id}</a>
    <span class="trace-answers"><span class="dim">answers</span> <code>${e.answer??"nothing"}</code>${e.correct!==!0&&i` <span class="dim">for</span> <code>${e.reference}</code>`}</span>
    ${n&&i`<q class="trace-excerpt"><span class="dim">${n.part}</span> ${n.before}<mark>${n.found}</mark>${n.after}</q>`}
    <span class="facts dim">
      <code>${e.id}</code>
      ${e.level&&i`<span>${/^\d+$/.test(e.level)?`level ${e.level}`:e.level}</span>`}${e.subject&&i`<span>${e.subject}</span>`}
      <span>${h(e.rounds)} ${e.rounds===1?"round":"rounds"}</span><span>${h(e.tokens)} tokens</span><span>${h(e.seconds)} s</span>
      ${e.vote==="minority"&&i`<${Z} tone="unsure">against the majority<//>`}
      ${e.error.map(s=>i`<${Z} key=${s} tone="bad">${s}<//>`)}
    </span>
  </li>`}function fe(e){let t=[..."kMGTPE"].findLastIndex((n,s)=>e>=999.95*1e3**s)+1;return`${Number((e/1e3**t).toFixed(1))}${" kMGTPE"[t].trim()}`}var Pe=e=>Number.isFinite(e)?e.toFixed(3):"",Ht=e=>e?e.toExponential(2):"0";function qn(e){let t=Math.round(e),[n,s]=[Math.floor(t/3600),Math.floor(t%3600/60)];return n?`${n} h ${s} min`:s?`${s} min ${t%60} s`:`${t} s`}function Ut(e){let t=["B","kB","MB","GB","TB"].find((s,o)=>e<1e3**(o+1))??"TB",n=e/1e3**["B","kB","MB","GB","TB"].indexOf(t);return`${n<10&&t!=="B"?n.toFixed(1):Math.round(n)} ${t}`}var ye=e=>e?.value.at(-1);function Wt(e){let t=[...e?.value??[]].sort((n,s)=>n-s);return t[Math.floor(t.length/2)]}function qr(e,t){return e.length<=t?e:Array.from({length:t},(n,s)=>e[Math.round(s*(e.length-1)/(t-1))])}function Xr(e,t){let n=0;return e.map((s,o)=>(n=t*n+(1-t)*s,n/(1-t**(o+1))))}function Xn(e,t,n=5){if(!(t>e))return[e];let s=(t-e)/n,o=10**Math.floor(Math.log10(s)),r=[1,2,2.5,5,10].map(c=>c*o).find(c=>c>=s*(1-1e-9)),[a,l]=[Math.floor(e/r+1e-9),Math.ceil(t/r-1e-9)];return Array.from({length:l-a+1},(c,p)=>Number(((a+p)*r).toPrecision(12)))}function Jr(e,t){let n=[];for(let a=Math.floor(Math.log10(e));a<=Math.ceil(Math.log10(t));a++)n.push(10**a);let s=n.flatMap(a=>[a,2*a,5*a]),o=a=>a.filter((l,c)=>(a[c+1]??1/0)>e&&(a[c-1]??0)<t),r=o(s).map(a=>Number(a.toPrecision(6)));return r.length>8?o(n):r}var Kt=6,Yr=["","7 4","2 3"],ml=60,Gt=210,[Jn,Qr,eo,to]=[50,10,10,24];function no({title:e,about:t,notes:n=[],lines:s,form:o,axis:r,mark:a=yl,low:l,high:c,whole:p=!1,log:u=!1,smooth:$=0,shape:f="slopes",cursor:d,onCursor:g}){let[m,b]=gl(),w=s.map(M=>bl(M,$,u)).filter(M=>M.points.length),S=_l(w,{width:m,low:l,high:c,whole:p,log:u}),k=[...new Set(w.flatMap(M=>M.points.map(([H])=>H)))].sort((M,H)=>M-H),v=d===null||!k.length?null:wl(k,d),pe=w.map(M=>[M,xl(M,v)]).filter(([,M])=>M!==null),ve=M=>{let{left:H,width:ae}=M.currentTarget.getBoundingClientRect();g(S.xOf((M.clientX-H)/ae*m))},O=M=>{let H=v===null?k.length-1:k.indexOf(v),ae={ArrowLeft:H-1,ArrowRight:H+1,Home:0,End:k.length-1,PageDown:H-10,PageUp:H+10}[M.key];if(M.key==="Escape")return g(null);ae!==void 0&&(M.preventDefault(),g(k[Math.min(Math.max(ae,0),k.length-1)]))},B=`${v===null?"at the end":`${r.name} ${r.form(v)}`}${$?", smoothed":""}`,le=pe.map(([M,H])=>`${M.name} ${o(H)}`).join("; ");return i`<figure class="chart">
    <figcaption><b>${e}</b> <small>${[t,...n].filter(Boolean).join(" ")}</small></figcaption>
    <ul class="legend">
      ${pe.map(([M,H])=>i`<li key=${M.name}>
          <svg viewBox="0 0 22 10" aria-hidden="true"><line class=${`line-${M.colour%Kt}`} stroke-dasharray=${Yr[M.dash%3]} x1="0" x2="22" y1="5" y2="5" /></svg>
          ${M.name} <b>${o(H)}</b></li>`)}
      <li class="dim">${B}</li>
    </ul>
    <div class="plot" ref=${b} tabindex="0" role="slider" aria-label=${`${e}, by ${r.name}`} aria-valuemin=${0}
      aria-valuemax=${k.length-1} aria-valuenow=${v===null?k.length-1:k.indexOf(v)}
      aria-valuetext=${`${B}: ${le}`} onPointerMove=${ve} onPointerDown=${ve} onPointerLeave=${()=>g(null)} onKeyDown=${O}>
      <svg viewBox=${`0 0 ${m} ${Gt}`} aria-hidden="true"><${kl} scale=${S} axis=${r} mark=${a} width=${m} />
        ${w.map(M=>i`<${vl} key=${M.name} line=${M} scale=${S} shape=${f} />`)}
        ${v!==null&&i`<line class="cursor" x1=${S.x(v)} x2=${S.x(v)} y1=${eo} y2=${Gt-to} />`}
        ${v!==null&&pe.map(([M,H])=>i`<circle key=${M.name} class=${`dot-${M.colour%Kt}`} cx=${S.x(v)} cy=${S.y(H)} r="3.5" />`)}
      </svg>
    </div>
    <${z} summary="numbers"><${Sl} title=${e} lines=${s} places=${k} form=${o} axis=${r} /><//>
  </figure>`}function gl(){let[e,t]=R(360),n=D();return L(()=>{let s=new ResizeObserver(([o])=>t(Math.max(Math.round(o.contentRect.width),160)));return s.observe(n.current),()=>s.disconnect()},[]),[e,n]}function bl(e,t,n){let s=n?e.points.filter(([,r])=>r>0):e.points;if(!t||e.faint)return{...e,points:s,raw:null};let o=Xr(s.map(([,r])=>r),t);return{...e,raw:s,points:s.map(([r],a)=>[r,o[a]])}}function _l(e,{width:t,low:n,high:s,whole:o,log:r}){let[a,l,c]=[Jn,t-Qr,Gt-to],p=[0,Zr(e.flatMap(b=>b.points.map(([w])=>w)))[1]],u=Zr([...e.flatMap(b=>[...b.points,...b.raw??[]].map(([,w])=>w)),...r?[]:[n,s].filter(b=>b!==void 0)]),$=r?Jr(...u):Xn(...u).filter(b=>!o||Number.isInteger(b)),f=r?Math.log:b=>b,[d,g]=[f($[0]),f($.at(-1))],m=(b,w,S)=>S>w?(b-w)/(S-w):.5;return{marks:$,ends:p,x:b=>a+m(b,...p)*(l-a),xOf:b=>p[0]+(b-a)/(l-a)*(p[1]-p[0]),y:b=>c+m(f(b),d,g)*(eo-c)}}function Zr(e){return e.length?e.reduce(([t,n],s)=>[Math.min(t,s),Math.max(n,s)],[1/0,-1/0]):[0,1]}function kl({scale:e,axis:t,mark:n,width:s}){let o=Xn(...e.ends,s>420?6:4).filter(r=>r>=e.ends[0]&&r<=e.ends[1]&&(!t.whole||Number.isInteger(r)));return i`<g class="axes">
    ${e.marks.map(r=>i`<line key=${r} x1=${Jn} x2=${s-Qr} y1=${e.y(r)} y2=${e.y(r)} /><text x=${Jn-6} y=${e.y(r)+4} text-anchor="end">${n(r)}</text>`)}
    ${o.map(r=>i`<text key=${`x${r}`} x=${e.x(r)} y=${Gt-6} text-anchor=${e.x(r)>s-40?"end":"middle"}>${t.form(r)}</text>`)}
  </g>`}var yl=e=>{let t=Math.abs(e);return t&&t<.01?e.toExponential(t.toExponential().includes(".")?1:0):t>=1e3?fe(e):String(e)};function vl({line:e,scale:t,shape:n}){let s=r=>r.map(([a,l],c)=>{let[p,u]=[t.x(a).toFixed(1),t.y(l).toFixed(1)];return c?n==="steps"?`H${p}V${u}`:`L${p},${u}`:`M${p},${u}`}).join(""),o=`line-${e.colour%Kt}`;if(e.points.length===1){let[[r,a]]=e.points;return i`<circle class=${`dot-${e.colour%Kt}`} cx=${t.x(r)} cy=${t.y(a)} r="4" />`}return i`
    ${e.raw&&i`<path class=${`${o} raw`} d=${s(e.raw)} />`}
    <path class=${`${o} ${e.faint?"raw":""}`} stroke-dasharray=${Yr[e.dash%3]} d=${s(e.points)} />
  `}function wl(e,t){let[n,s]=[0,e.length-1];for(;s-n>1;){let o=n+s>>1;e[o]<=t?n=o:s=o}return t-e[n]<e[s]-t?e[n]:e[s]}function xl(e,t){if(t===null)return e.points.at(-1)[1];let n=e.points.findLastIndex(([s])=>s<=t);return n<0?null:e.points[n][1]}function Sl({title:e,lines:t,places:n,form:s,axis:o}){let r=qr(n,ml),a=t.map(c=>new Map(c.points)),l=r.map(c=>[o.form(c),...a.map(p=>p.has(c)?s(p.get(c)):"")]);return i`
    ${r.length<n.length&&i`<p class="dim">${h(r.length)} of ${h(n.length)} points.</p>`}
    <div class="numbers"><${G} caption=${`${e}, the numbers`} head=${[o.name,...t.map(c=>c.name)]} rows=${l} numbers=${t.map((c,p)=>p+1)} /></div>
  `}var Zn={step:{name:"step",whole:!0,form:e=>e>=1e4?fe(e):h(Math.round(e)),at:e=>e.step},tokens:{name:"tokens",whole:!0,form:fe,at:e=>e.tokens},hours:{name:"hours",form:e=>h(Math.round(e*100)/100),at:e=>e.seconds.map(t=>t/3600)}},El=[{title:"Loss",about:"Of the steps since the value before.",names:["loss"],form:Pe},{title:"Loss on what is held out",about:"By source. Nothing of it is trained on.",group:"held_out/",form:Pe,exact:!0},{title:"Learning rate",names:["learning_rate"],form:Ht,low:0,exact:!0,linear:!0},{title:"Tokens a second",about:"Without evaluation and checkpoints.",names:["tokens_per_second"],form:fe,low:0},{title:"Norm of the gradient",about:"Before it is cut.",names:["grad_norm"],form:Pe,low:0},{title:"Model FLOPs utilisation",names:["mfu"],form:e=>j(e),mark:e=>j(e,0),low:0},{title:"Problems solved",names:["solved/right"],form:h,low:0,exact:!0,linear:!0,whole:!0,shape:"steps"}];function Yn({run:e,about:t,measured:n,others:s,query:o}){let r=I("/trainings"),[a,l]=R(null),c=Zn[o.x]??Zn.step,p=Math.min(Math.max(Number(o.smooth)||0,0),.95),u=new Map((r.data??[]).map(m=>[m.name,m])),$=[e.name,...s].filter(m=>n[m]?.data),f=Ml($,u,e),d=m=>W(F(e,[],{...o,...m}),{replace:!0}),g=El.map(m=>({chart:m,...Ol(m,$,n,f,c)})).filter(({lines:m,notes:b})=>m.length||b.length);return i`
    <${Tl} query=${o} smooth=${p} change=${d} candidates=${[...u.values()].filter(m=>m.name!==e.name&&!s.includes(m.name))} others=${s} />
    ${s.length>0&&i`<ul class="chosen" aria-label="Runs on the same axes">
      ${s.map(m=>i`<li key=${m}>${u.get(m)?.title??m}
        <button type="button" class="plain" aria-label=${`Take ${u.get(m)?.title??m} away`} onClick=${()=>d({with:s.filter(b=>b!==m).join(",")})}>✕</button></li>`)}
    </ul>`}
    ${s.map(m=>n[m]?.error&&i`<${T} key=${m} error=${n[m].error} />`)}
    ${$.length>1&&i`<${Al} shown=${$} titles=${f} measured=${n} />`}
    ${g.length===0&&i`<${V} title="No curves yet">They are drawn from the first measured step on.<//>`}
    <div class="charts">
      ${g.map(({chart:m,lines:b,notes:w,most:S})=>i`<${no} key=${m.title} title=${m.title} about=${m.about} notes=${w}
          lines=${Rl(m,b,t,c,$)} form=${m.form} mark=${m.mark} axis=${c} low=${m.low} high=${S} whole=${m.whole}
          log=${!!o.log&&!m.linear} smooth=${m.exact?0:p} shape=${m.shape} cursor=${a} onCursor=${l} />`)}
    </div>
  `}function Tl({query:e,smooth:t,change:n,candidates:s,others:o}){let r=a=>a.currentTarget.value&&n({with:[...o,a.currentTarget.value].join(",")});return i`<form class="filters" aria-label="How curves are drawn" onSubmit=${a=>a.preventDefault()}>
    <label>Over
      <select value=${e.x??"step"} onChange=${a=>n({x:a.currentTarget.value==="step"?"":a.currentTarget.value})}>
        <option value="step">steps</option><option value="tokens">tokens</option><option value="hours">hours of work</option>
      </select>
    </label>
    <label>Smoothing
      <input type="range" min="0" max="0.95" step="0.05" value=${t} aria-valuetext=${t?String(t):"off"}
        onInput=${a=>n({smooth:Number(a.currentTarget.value)||""})} />
    </label>
    <label class="check"><input type="checkbox" checked=${!!e.log} onChange=${a=>n({log:a.currentTarget.checked?"1":""})} /> logarithmic</label>
    ${s.length>0&&i`<label>Compare with
      <select value="" onChange=${r}>
        <option value="">another training</option>
        ${s.map(a=>i`<option key=${a.name} value=${a.name}>${a.title===a.name?a.title:`${a.title} (${a.name.replaceAll("~","/")})`}</option>`)}
      </select>
    </label>`}
  </form>`}function Ml(e,t,n){let s=r=>r===n.name?n.title:t.get(r)?.title??r,o=e.map(s);return new Map(e.map((r,a)=>[r,o.filter(l=>l===o[a]).length>1?r.replaceAll("~","/"):o[a]]))}function Ol(e,t,n,s,o){let r=t.length>1,a=[],l=[],c,p=e.group??"",u=p?[...new Set(t.flatMap($=>Object.keys(n[$].data.curves).filter(f=>f.startsWith(p))))].sort():e.names;return t.forEach(($,f)=>{let{curves:d}=n[$].data,g=-1;u.forEach(m=>{let b=d[m];if(!b||(b.missing&&l.push(`${h(b.missing)} values of ${m.replaceAll("_"," ")} are no number.`),!b.value.length))return;g+=1;let w=p?m.slice(p.length):m.replaceAll("_"," ").replace("solved/",""),S=o.at(b);a.push({name:r?[s.get($),p&&w].filter(Boolean).join(": "):w,points:b.value.map((k,v)=>[S[v],k]),colour:r?f:g,dash:r?g:Math.floor(g/6)}),b.of>b.value.length&&l.push(`${h(b.value.length)} of ${h(b.of)} points: the lowest and the highest of each stretch.`)}),e.names?.[0]==="solved/right"&&d["solved/of"]&&(c=Math.max(c??0,ye(d["solved/of"])))}),{lines:a,notes:[...new Set(l)],most:c}}function Rl(e,t,n,s,o){let r=n.planned_rates;return e.names?.[0]!=="learning_rate"||!r||s!==Zn.step||o.length>1?t:[{name:"as planned",points:r.step.map((a,l)=>[a,r.value[l]]),colour:4,dash:1,faint:!0},...t]}function Al({shown:e,titles:t,measured:n}){let s=e.map(o=>{let{data:r}=n[o],{curves:a}=r,l=Object.entries(a).filter(([c])=>c.startsWith("held_out/"));return[t.get(o),r.state,`${h(r.step)}${r.steps?` of ${h(r.steps)}`:""}`,fe(r.tokens),a.loss?Pe(ye(a.loss)):"",l.map(([c,p])=>`${c.slice(9)} ${Pe(ye(p))}`).join(", "),a["solved/of"]?`${ye(a["solved/right"])} of ${ye(a["solved/of"])}`:"",a.tokens_per_second?fe(Wt(a.tokens_per_second)):""]});return i`<${G} caption="Runs side by side" head=${["run","state","step","tokens","loss","held out","solved","tokens/s"]} rows=${s} numbers=${[2,3,4,6,7]} />`}var Cl={rows:"rows of a training, each one context long",tokens:"tokens in them",documents:"documents",pieces:"pieces that documents were cut into",padding_share:"share of the rows that is empty",padding_share_of_next_fit:"the same, packed in order as MathCoder2 does"},so={schedule:["after the warm-up",e=>({stable:"stable, then a linear decay",cosine:"a cosine",constant:"constant"})[e]??e],learning_rate:["highest learning rate",Ht],warmup_steps:["warm-up",e=>`${h(e)} steps`],warmup_tokens:["warm-up",e=>`${h(e)} tokens`],decay_tokens:["decay",e=>`the last ${h(e)} tokens`],final:["last rate, of the highest",e=>j(e,0)],batch:["rows of a step",h],micro_batch:["rows at a time on a device",h],epochs:["passes over the data, unless tokens are given",h],tokens:["tokens to train on",h],weight_decay:["weight decay",String],clip:["gradients are cut to a norm of",String]};function Qn({about:e}){return i`
    <${Nl} data=${e.data} />
    <h2>Schedule</h2>
    <${Xe} rows=${Object.entries(e.schedule).map(([t,n])=>[so[t][0],so[t][1](n)])} />
    <h2>Recipe</h2>
    <${z} summary="recipe.yaml, with every default"><pre class="code" tabindex="0" role="region" aria-label="Recipe">${e.recipe}</pre><//>
    <${Pl} about=${e} />
    <${Il} about=${e} />
    <${Ll} hardware=${e.hardware} />
    <h2>Versions and seeds</h2>
    <${z} summary="versions"><${Xe} rows=${Object.entries(e.versions)} /><//>
    <${Xe} rows=${Object.entries(e.seeds)} />
    <${Bl} events=${e.events} />
  `}function Xe({rows:e}){return i`<dl class="pairs">${e.map(([t,n])=>i`<div><dt>${t}</dt><dd>${String(n)}</dd></div>`)}</dl>`}function Nl({data:e}){let t=e.sources[0]?.tokens??1,n=e.sources.reduce((o,r)=>o+r.tokens,0),s=Object.entries(e.packed).map(([o,r])=>[Cl[o],o.startsWith("padding")?j(r,2):h(r)]);return!e.sources.length&&!s.length?null:i`
    <h2>Data</h2>
    <p class="about">Tokens are those of the model's tokenizer; a source can be gone over several times, or in part.</p>
    <ul class="sources">
      ${e.sources.map(o=>i`<li key=${o.name}>
          <span class="name">${o.name} <small>${Number(o.epochs).toPrecision(3)} epochs</small></span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width=${Math.max(100*o.tokens/t,.5)} height="10" /></svg>
          <span class="number">${fe(o.tokens)} tokens <small>${j(o.tokens/n)}</small></span>
        </li>`)}
    </ul>
    <${Xe} rows=${s} />
    ${e.dropped.map(({of:o,reasons:r})=>i`<h3>Dropped${o&&` of ${o}`}: ${h(r.reduce((a,[,l])=>a+l,0))}</h3>
        <div class="narrow"><${G} caption=${`Dropped ${o}`} head=${["reason","rows"]} rows=${r.map(([a,l])=>[a,h(l)])} numbers=${[1]} /></div>`)}
    ${e.counted.length>0&&i`<${z} summary="All that was counted">
      <${Xe} rows=${e.counted} />
      ${e.counted_left_out>0&&i`<p class="dim">${h(e.counted_left_out)} more are in facts.json.</p>`}
    <//>`}
  `}function Pl({about:e}){if(!e.inputs.length)return null;let t=e.inputs.map(n=>[n.path,n.size===null?"":Ut(n.size),i`<code class="sum">${n.sha256??""}</code>`]);return i`
    <h2>Files that were read</h2>
    <${G} caption="Files that were read" head=${["file","size","sha256"]} rows=${t} numbers=${[1]} />
    ${e.inputs_left_out>0&&i`<p class="dim">${h(e.inputs_left_out)} more are in run.json.</p>`}
  `}function Il({about:e}){if(!e.checkpoints.length&&!e.exports.length)return null;let t=e.checkpoints.map(n=>[`after step ${h(n.step)}`,Ut(n.bytes)]);return i`
    <h2>Checkpoints${e.exports.length>0&&" and exported models"}</h2>
    <${Xe} rows=${[...t,...e.exports.map(n=>[`export/${n.name}`,Ut(n.bytes)])]} />
  `}function Ll({hardware:e}){if(!e.architecture)return null;let{peak:t,threads:n}=e,s=[["architecture",e.architecture],["parameters",`${h(e.parameters)}, of which ${h(e.trained)} are trained`],["a token costs",`${fe(e.flops_per_token)}FLOP, forwards and backwards`],["devices",`${h(e.devices)} × ${t.device}${n?`, ${h(n)} thread${n>1?"s":""}`:""}`],["a device can do",`${fe(t.flops)}FLOP/s in ${e.compute} (${t.source})`]];return i`<h2>Model and hardware</h2><${Xe} rows=${s} />`}function Bl({events:e}){if(!e.length)return null;let t=s=>new Date(s*1e3).toISOString().replace("T"," ").slice(0,19),n=e.map(s=>[`${t(s.time)} UTC`,s.event.replaceAll("_"," "),s.step===null?"":h(s.step)]);return i`
    <h2>What happened when</h2>
    <div class="narrow"><${G} caption="What happened when" head=${["time","event","step"]} rows=${n} numbers=${[2]} /></div>
  `}var jl=3e3,Dl=15e3;function ro(e){let[t,n]=R({}),s=D({}),o=e.join(`
`);return L(()=>{let r=new AbortController,a=0,l=async p=>{let u=s.current[p];if(u?.data?.state==="finished"&&!u.error)return;let $=encodeURIComponent(u?.data?.version??"");try{let f=await oe(`/trainings/${encodeURIComponent(p)}/curves?seen=${$}`,{signal:r.signal});s.current[p]={data:f.curves?f:{...u.data,state:f.state},error:null}}catch(f){r.signal.aborted||(s.current[p]={...u,error:f})}},c=async()=>{if(!document.hidden){if(await Promise.all(e.map(l)),r.signal.aborted)return;n({...s.current})}let p=e.map(u=>s.current[u]?.data?.state);p.every(u=>u==="finished")||(a=setTimeout(c,p.includes("running")?jl:Dl))};return c(),()=>{r.abort(),clearTimeout(a)}},[o]),t}var Fl={right:["✓","right","good"],wrong:["✗","wrong","bad"],ungraded:["–","not graded","unsure"]},Hl={answer:"with an answer",no_answer:"without an answer",empty:"it wrote nothing",rounds:"at the limit of rounds",tokens:"at the limit of tokens",time:"at the limit of time",repeated_error:"at an error that came back",model_error:"the model could not be asked"};function es({run:e,about:t,grid:n,query:s}){if(n.error)return i`<${T} error=${n.error} retry=${n.reload} />`;if(!n.data)return i`<${N} label="Reading solutions" />`;if(!n.data.steps.length){let o=t.solves?`Problems are solved every ${h(t.solves.every_steps)} steps and at the end.`:"The recipe names none: give it a part `solve`.";return i`<${V} title="No problem has been solved yet">${o}<//>`}return i`<${Ul} run=${e} about=${t} grid=${n.data} query=${s} />`}function Ul({run:e,about:t,grid:n,query:s}){let{problems:o,steps:r}=n,a=(b,w)=>Math.min(Math.max(b,0),w-1),l=a(Number(s.problem)||0,o.length),c=r.findIndex(b=>b.step===Number(s.step)),p=c<0?r.length-1:c,u=(b,w)=>W(F(e,["solved"],{...s,problem:a(b,o.length),step:r[a(w,r.length)].step}),{replace:!0}),$={j:["next problem",()=>u(l+1,p)],k:["previous problem",()=>u(l-1,p)],l:["later in training",()=>u(l,p+1)],h:["earlier in training",()=>u(l,p-1)]};ee($);let f=b=>{$[b.key]&&(b.stopPropagation(),$[b.key][1]())},{step:d}=r[p],g=I(`/trainings/${encodeURIComponent(e.name)}/solved/${d}/${l}`),m=g.data?.step===d&&g.data.id===o[l].id;return i`
    <p class="about">${Wl(t.solves,o.length)}</p>
    <${Kl} problems=${o} steps=${r} problem=${l} at=${p} choose=${u} />
    <div class="moment">
      <label>After step
        <input type="range" min="0" max=${r.length-1} step="1" value=${p} aria-valuetext=${`step ${d}`} disabled=${r.length<2}
          onKeyDown=${f} onInput=${b=>u(l,Number(b.currentTarget.value))} />
      </label>
      <output>${h(d)}</output>
      <span class="turn">
        <button type="button" disabled=${l===0} onClick=${()=>u(l-1,p)}>Previous problem</button>
        <button type="button" disabled=${l===o.length-1} onClick=${()=>u(l+1,p)}>Next problem</button>
      </span>
    </div>
    <article class=${m?"":"waiting"} aria-live="polite" aria-busy=${!m&&!g.error} aria-label="The solution">
      ${g.error?i`<${T} error=${g.error} />`:g.data?i`<${Gl} one=${g.data} />`:i`<${N} label="Reading the solution" />`}
    </article>
  `}function Wl(e,t){let n=e?` of ${e.of}${e.split?`, ${e.split} rows`:""}`:"";return`The first ${h(t)} problems${n}, solved by the model as it was then, greedily; its code was executed. So few problems say how it writes, not how good it is.`}function Kl({problems:e,steps:t,problem:n,at:s,choose:o}){let r=(a,l)=>a===n&&l===s;return i`<div class="wide"><table class="verdicts">
    <caption class="hidden">Verdicts by problem and step</caption>
    <thead><tr><th scope="col">problem</th>${t.map(a=>i`<th scope="col" key=${a.step} class="number">${h(a.step)}</th>`)}</tr></thead>
    <tbody>
      ${e.map((a,l)=>i`<tr key=${a.id} class=${l===n?"of-this":""}>
          <th scope="row" title=${a.problem}><code>${a.id}</code> <span class="dim">${a.problem}</span></th>
          ${t.map(({step:c,verdicts:p},u)=>{let[$,f,d]=Fl[p[l]]??["","not solved",""];return $?i`<td key=${c} class="number"><button type="button" class=${`plain ${d}`} aria-pressed=${r(l,u)} aria-label=${`${a.id} after step ${c}: ${f}`} onClick=${()=>o(l,u)}>${$}</button></td>`:i`<td key=${c}></td>`})}
        </tr>`)}
    </tbody>
    <tfoot><tr><th scope="row" class="dim">right</th>${t.map(a=>i`<td key=${a.step} class="number">${a.right} of ${a.of}</td>`)}</tr></tfoot>
  </table></div>`}function Gl({one:e}){let t=[["its answer",e.extracted],["reference",e.reference],["ended",Hl[e.ended]??e.ended],["tokens",h(e.tokens)],["rounds",h(e.rounds)],["note",e.note]].filter(([,n])=>n!=null&&n!=="");return i`
    <h2>${e.id} <small>after step ${h(e.step)}</small></h2>
    <div class="asked"><${Y} text=${e.problem} /></div>
    <p class="facts"><${xe} correct=${{right:!0,wrong:!1}[e.verdict]??null} />
      ${t.map(([n,s])=>i`<span key=${n}><span class="dim">${n}</span> ${s}</span>`)}</p>
    ${e.blocks.length?i`<${ke} blocks=${e.blocks} />`:i`<${V} title="It wrote nothing that could be read" />`}
    ${e.blocks_left_out>0&&i`<p class="dim">${h(e.blocks_left_out)} more blocks are left out.</p>`}
  `}var oo=[["","Curves"],["solved","Solved problems"],["facts","Data and recipe"]],Vl={sft:"Fine-tuning",pretrain:"Continued pretraining"};function ts({run:e,rest:t,query:n}){let s=oo.some(([d])=>d===t[0])?t[0]:"",o=(n.with??"").split(",").filter(d=>d&&d!==e.name),r=ro([e.name,...o]),a=r[e.name],l=a?.data?.state??e.state,c=`/trainings/${encodeURIComponent(e.name)}`,p=I(c,{every:l==="running"?15e3:0}),u=I(s==="solved"?`${c}/solved`:null),$=a?.data?.curves["solved/of"]?.of??0;if(L(()=>{u.data&&u.reload()},[$]),p.error&&!p.data)return i`<${Oe} run=${e} /><${T} error=${p.error} retry=${p.reload} />`;if(!p.data)return i`<${Oe} run=${e} /><${N} label="Reading the run" />`;let f={"":()=>i`<${Yn} run=${e} about=${p.data} measured=${r} others=${o} query=${n} />`,solved:()=>i`<${es} run=${e} about=${p.data} grid=${u} query=${n} />`,facts:()=>i`<${Qn} about=${p.data} />`};return i`
    <${Oe} run=${{...e,state:l,title:p.data.title,facts:zl(p.data,a?.data)}}>
      ${p.data.about&&i`<p class="about">${p.data.about}</p>`}
    <//>
    ${a?.error&&i`<${T} error=${a.error} />`}
    ${a?.data&&i`<${ql} data=${a.data} state=${l} /><${Xl} data=${a.data} />`}
    <${Jl} names=${p.data.no_numbers} />
    <${Rt} tabs=${oo} current=${s} label="Parts of this run" address=${d=>F(e,d?[d]:[],{with:n.with})} />
    ${f[s]()}
  `}function zl(e,t){let n={kind:Vl[e.kind],from:e.base,trains:e.adapters,context:`${h(e.context)} tokens`};return t?.seconds?{...n,took:qn(t.seconds)}:n}function ql({data:e,state:t}){if(t==="finished"&&e.step>=e.steps)return null;let n=e.step&&e.steps>e.step?e.seconds/e.step*(e.steps-e.step):0,s=[`step ${h(e.step)}${e.steps?` of ${h(e.steps)}`:""}`,t==="running"&&n&&`about ${qn(n)} left`,t==="stopped"&&"it is not at work; the command that began it goes on"];return i`<div class="training-progress">
    ${e.steps>0&&i`<progress aria-label="Steps done" max=${e.steps} value=${e.step}></progress>`}
    <p class="dim">${s.filter(Boolean).join(", ")}</p>
  </div>`}function Xl({data:e}){let{curves:t}=e,n=Object.keys(t).filter(r=>r.startsWith("held_out/")).map(r=>ye(t[r])).filter(Number.isFinite),s=Wt(t.tokens_per_second),o=[t.loss?.value.length&&[Pe(ye(t.loss)),"loss, of the last steps"],n.length&&[Pe(n.reduce((r,a)=>r+a,0)/n.length),"loss on what is held out"],t["solved/of"]&&[`${ye(t["solved/right"])} of ${ye(t["solved/of"])}`,"problems solved"],e.tokens&&[fe(e.tokens),"tokens trained on"],s&&[fe(s),"tokens a second"],t.mfu?.value.length&&[j(ye(t.mfu)),"model FLOPs utilisation"]].filter(Boolean);return o.length?i`<${Me}>${o.map(([r,a])=>i`<${ie} key=${a} label=${a} value=${r} />`)}<//>`:i`<${V} title="Nothing is measured yet">Numbers come after its first steps.<//>`}function Jl({names:e}){if(!e.length)return null;let t=e.map(n=>h(Number(n.replace("step-","")))).join(", ");return i`<p class="notice">Loss or gradient was no number at step ${t}; the batches are kept in <code>nan/</code> of the run.</p>`}var Zl={evaluation:zn,corpus:Bt,instruct:Bt,training:ts},ao={solve:Vn,compare:On},io=[["solve","Solve"],["evaluations","Evaluations"],["data","Data"],["trainings","Training"]],ns={evaluation:"evaluations",corpus:"data",instruct:"data",training:"trainings"},lo={auto:["◐","light"],light:["☀","dark"],dark:["☾","auto"]};function uo(){let e=Ql(),t=I("/runs",{every:1e4}),[n,s]=R(!1),o=D(),[r,a]=e.parts,l=r==="runs"?t.data?.runs.find($=>$.name===a):void 0,c=l?ns[l.kind]:r==="compare"?"evaluations":r,p=`${r}/${a}`;ee({"?":()=>s(!0),"/":()=>o.current.querySelector("[data-search]")?.focus()}),L(()=>{let $=l?.title??io.find(([f])=>f===c)?.[1];document.title=$?`${$} · mathcoder studio`:"mathcoder studio"},[l?.title,c]);let u=D(p);return L(()=>{u.current!==p&&(u.current=p,o.current.focus({preventScroll:!0}),scrollTo(0,0))},[p]),i`
    <a class="skip" href="#main" onClick=${$=>{$.preventDefault(),o.current.focus()}}>Skip to content</a>
    <header class="bar">
      <a class="brand" href="#/" aria-label="mathcoder studio, start">mathcoder <b>studio</b></a>
      <nav aria-label="Studio">
        ${io.map(([$,f])=>i`<a href=${se([$])} aria-current=${c===$?"page":void 0}>${f}</a>`)}
      </nav>
      <span class="tools">
        <${ec} />
        <button type="button" class="plain sign" aria-label="Keys" title="Keys (?)" onClick=${()=>s(!0)}>?</button>
      </span>
    </header>
    <main id="main" tabindex="-1" ref=${o}>
      <${ss} key=${p}><${Yl} place=${e} run=${l} runs=${t} /><//>
    </main>
    ${n&&i`<${tc} onClose=${()=>s(!1)} />`}
  `}function Yl({place:e,run:t,runs:n}){let[s,o,...r]=e.parts;if(Object.hasOwn(ao,s??""))return i`<${ao[s]} rest=${e.parts.slice(1)} query=${e.query} runs=${n.data?.runs??[]} />`;if(n.error&&!n.data)return i`<${T} error=${n.error} retry=${n.reload} />`;if(!n.data)return i`<${N} label="Looking for runs" />`;if(s!=="runs"){let a=Object.keys(ns).filter(l=>ns[l]===s);return i`<${Wn} runs=${n.data.runs} folders=${n.data.folders} kinds=${a} query=${e.query} />`}return t?t.state==="broken"?i`<h1>${t.title}</h1><${T} error=${t.facts.why} />`:i`<${Zl[t.kind]} run=${t} rest=${r} query=${e.query} />`:i`<${V} title="There is no such run">It may have been moved; <a href="#/">see what there is</a>.<//>`}var ss=class extends We{componentDidCatch(t){console.error(t),this.setState({error:t})}render({children:t},{error:n}){return n?i`<${T} error=${`this view failed (${n.message})`} retry=${()=>this.setState({error:null})} />`:t}};function co(){let e=location.hash.match(/^#token=([^/]+)(\/.*)?$/);return e&&(Fs(decodeURIComponent(e[1])),history.replaceState(null,"",`#${e[2]??"/"}`)),hr(location.hash)}function Ql(){let[e,t]=R(co);return L(()=>{let n=()=>t(co());return addEventListener("hashchange",n),()=>removeEventListener("hashchange",n)},[]),e}function ec(){let[e,t]=R(document.documentElement.dataset.theme??"auto"),[n,s]=lo[e]??lo.auto,o=()=>{document.documentElement.dataset.theme=s,t(s),localStorage.setItem("theme",s)};return i`<button type="button" class="plain sign" aria-label=${`Theme: ${e}; change to ${s}`} title=${`Theme: ${e}`} onClick=${o}>${n}</button>`}function tc({onClose:e}){let t=D();return L(()=>t.current.showModal(),[]),i`<dialog ref=${t} class="help" aria-labelledby="help-title" onClose=${e} onClick=${n=>n.target===t.current&&t.current.close()}>
    <div>
      <h2 id="help-title">Keys</h2>
      <dl>${[...fr(),["Escape","close, or stop writing"]].map(([n,s])=>i`<div><dt><kbd>${n}</kbd></dt><dd>${s}</dd></div>`)}</dl>
      <form method="dialog"><button>Close</button></form>
    </div>
  </dialog>`}rn(i`<${uo} />`,document.getElementById("studio"));})();
