# Estimates on the data sets of R's package survey, for more designs than one study has.
# Run from the repository's root: Rscript tests/oracle/survey_designs.R
# Writes tests/oracle/survey_designs.json, and the data sets that are not there yet.
suppressMessages({library(survey); library(jsonlite)})
data(api); data(nhanes); data(mu284); data(hospital); data(crowd); data(fpc); data(scd); data(election)
folder <- "tests/oracle"
options(survey.lonely.psu = "fail", warn = -1)

for (name in c("apisrs", "apistrat", "apiclus1", "apiclus2")) {
  frame <- get(name)
  frame$mealcat <- cut(frame$meals, c(0, 25, 50, 75, 100), include.lowest = TRUE)
  assign(name, frame)
}
fpc$f <- fpc$nh / fpc$Nh
hospital$big <- as.numeric(hospital$births > 300)
crowd$crowded <- as.numeric(crowd$rooms < crowd$person)
nhanes$female <- nhanes$RIAGENDR - 1
nhanes$y <- nhanes$WTMEC2YR / 1000 + nhanes$race
set.seed(1)
nhanes <- nhanes[sort(sample(nrow(nhanes), 1500)), ]
mu284$high <- as.numeric(mu284$y1 > 45)
election_pps$few <- as.numeric(election_pps$votes < 100000)
for (name in c("nhanes", "mu284", "hospital", "crowd", "fpc")) {
  frame <- get(name)
  for (a in setdiff(names(attributes(frame)), c("names", "row.names", "class"))) attr(frame, a) <- NULL
  write.csv(format(frame, digits = 15, trim = TRUE), file.path(folder, "data", paste0(name, ".csv")), row.names = FALSE, quote = which(sapply(frame, is.factor)))
}

# name: data set, R call, the same design for the toolkit, variables (y two numbers, g groups,
# g2 second groups, p a 0/1 variable, x predictors)
api_vars <- list(y = c("api00", "api99"), g = "stype", g2 = "sch.wide", p = "sch.wide", yes = "Yes", num = "api.stu", den = "enroll", x = c("ell", "meals", "mobility"))
designs <- list(
  apisrs_nofpc = list("apisrs", quote(svydesign(id=~1, weights=~pw, data=apisrs)), list(weight="pw"), api_vars),
  apistrat_fpc = list("apistrat", quote(svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat)), list(stratum="stype", weight="pw", fpc="fpc"), api_vars),
  apiclus1_nofpc = list("apiclus1", quote(svydesign(id=~dnum, weights=~pw, data=apiclus1)), list(psu="dnum", weight="pw"), api_vars),
  apiclus2_wr = list("apiclus2", quote(svydesign(id=~dnum+snum, weights=~pw, data=apiclus2)), list(psu=c("dnum","snum"), weight="pw"), api_vars),
  apiclus2_fpc1 = list("apiclus2", quote(svydesign(id=~dnum, weights=~pw, fpc=~fpc1, data=apiclus2)), list(psu="dnum", weight="pw", fpc="fpc1"), api_vars),
  nhanes = list("nhanes", quote(svydesign(id=~SDMVPSU, strata=~SDMVSTRA, weights=~WTMEC2YR, nest=TRUE, data=nhanes)), list(psu="SDMVPSU", stratum="SDMVSTRA", weight="WTMEC2YR", nest=TRUE),
    list(y=c("HI_CHOL","y"), g="race", g2="agecat", p="HI_CHOL", yes=1, num="HI_CHOL", den="female", x=c("race","female"))),
  mu284 = list("mu284", quote(svydesign(id=~id1+id2, fpc=~n1+n2, data=mu284)), list(psu=c("id1","id2"), fpc=c("n1","n2")), list(y=c("y1","n2"), p="high", yes=1, num="y1", den="n2", g="high")),
  hospital = list("hospital", quote(svydesign(id=~hospno, strata=~oblevel, weights=~weighta, fpc=~tothosp, data=hospital)), list(psu="hospno", stratum="oblevel", weight="weighta", fpc="tothosp"), list(y=c("births","tothosp"), p="big", yes=1, g="big", num="births", den="weighta")),
  crowd = list("crowd", quote(svydesign(id=~cluster, strata=~stratum, weights=~weight, data=crowd)), list(psu="cluster", stratum="stratum", weight="weight"), list(y=c("rooms","person"), p="crowded", yes=1, g="crowded", num="person", den="rooms")),
  fpc_wr = list("fpc", quote(svydesign(id=~psuid, strata=~stratid, weights=~weight, nest=TRUE, data=fpc)), list(psu="psuid", stratum="stratid", weight="weight", nest=TRUE), list(y=c("x","nh"), num="x", den="Nh")),
  fpc_sizes = list("fpc", quote(svydesign(id=~psuid, strata=~stratid, weights=~weight, fpc=~Nh, nest=TRUE, data=fpc)), list(psu="psuid", stratum="stratid", weight="weight", fpc="Nh", nest=TRUE), list(y=c("x","nh"), num="x", den="Nh")),
  fpc_fractions = list("fpc", quote(svydesign(id=~psuid, strata=~stratid, fpc=~f, nest=TRUE, data=fpc)), list(psu="psuid", stratum="stratid", fpc="f", nest=TRUE), list(y=c("x","nh"), num="x", den="Nh")),
  election_wr = list("election_pps", quote(svydesign(id=~1, weights=~wt, data=election_pps)), list(weight="wt"), list(y=c("Bush","Kerry"), num="Bush", den="votes", p="few", yes=1, g="few")),
  election_brewer = list("election_pps", quote(svydesign(id=~1, fpc=~p, pps="brewer", data=election_pps)), list(probabilities="p", joint="brewer"), list(y=c("Bush","Kerry"), num="Bush", den="votes", p="few", yes=1, g="few")),
  election_overton = list("election_pps", quote(svydesign(id=~1, fpc=~p, pps="overton", data=election_pps)), list(probabilities="p", joint="overton"), list(y=c("Bush","Kerry"), num="Bush", den="votes", p="few", yes=1, g="few")),
  election_hr = list("election_pps", quote(svydesign(id=~1, fpc=~p, pps=HR(), data=election_pps)), list(probabilities="p", joint="hartley-rao"), list(y=c("Bush","Kerry"), num="Bush", den="votes", p="few", yes=1, g="few")),
  election_yg = list("election_pps", quote(svydesign(id=~1, fpc=~p, pps=ppsmat(election_jointprob), variance="YG", data=election_pps)), list(probabilities="p", joint="election_jointprob", pps_variance="yg"), list(y=c("Bush","Kerry"), num="Bush", den="votes", p="few", yes=1, g="few")),
  apistrat_post = list("apistrat", quote(postStratify(svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat), ~sch.wide, data.frame(sch.wide=c("No","Yes"), Freq=c(1072,5122)))), list(stratum="stype", weight="pw", fpc="fpc", poststratify=list("sch.wide", list(No=1072, Yes=5122))), api_vars),
  apiclus1_jk1 = list("apiclus1", quote(as.svrepdesign(svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1))), list(psu="dnum", weight="pw", fpc="fpc", replicate="jk1"), api_vars),
  apistrat_jkn = list("apistrat", quote(as.svrepdesign(svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat))), list(stratum="stype", weight="pw", fpc="fpc", replicate="jkn"), api_vars),
  nhanes_jkn = list("nhanes", quote(as.svrepdesign(svydesign(id=~SDMVPSU, strata=~SDMVSTRA, weights=~WTMEC2YR, nest=TRUE, data=nhanes))), list(psu="SDMVPSU", stratum="SDMVSTRA", weight="WTMEC2YR", nest=TRUE, replicate="jkn"),
    list(y=c("HI_CHOL","y"), g="race", g2="agecat", p="HI_CHOL", yes=1, num="HI_CHOL", den="female", x=c("race","female"))),
  scd_brr = list("scd", quote(as.svrepdesign(svydesign(prob=~1, id=~ambulance, strata=~ESA, nest=TRUE, data=scd), type="BRR")), list(psu="ambulance", stratum="ESA", nest=TRUE, replicate="brr"), list(y=c("alive","arrests"), num="alive", den="arrests")),
  scd_fay = list("scd", quote(as.svrepdesign(svydesign(prob=~1, id=~ambulance, strata=~ESA, nest=TRUE, data=scd), type="Fay", fay.rho=0.3)), list(psu="ambulance", stratum="ESA", nest=TRUE, replicate="fay"), list(y=c("alive","arrests"), num="alive", den="arrests"))
)

f1 <- function(...) reformulate(sapply(c(...), function(n) paste0("`", n, "`")))
num <- function(v) unname(as.numeric(v))
est <- function(s, d) list(est=num(coef(s)), se=num(SE(s)), vcov=unname(as.matrix(vcov(s))), df=degf(d),
  lower=num(confint(s, df=degf(d))[,1]), upper=num(confint(s, df=degf(d))[,2]), normal_lower=num(confint(s)[,1]))
tst <- function(t) list(statistic=num(t$statistic), df=num(t$parameter), p=num(t$p.value), est=num(t$estimate))

out <- list(meta=list(R=R.version.string, survey=as.character(packageVersion("survey"))), designs=list(), cases=list())
for (name in names(designs)) {
  spec <- designs[[name]]; v <- spec[[4]]
  d <- eval(spec[[2]])
  out$designs[[name]] <- list(data=spec[[1]], call=paste(deparse(spec[[2]], width.cutoff=500), collapse=""), design=spec[[3]], variables=v)
  # Left out: what R cannot do; the saddlepoint where R rounds the denominator's degrees of freedom;
  # deff of unequal probabilities, which 4.1.1 takes over another variance; intervals of shares
  # without variance, whose effective size is infinite; hf4 where an interval ends at the last step,
  # which R takes as 0/0; the asin interval that runs beyond 0, which R reflects.
  skip <- c(if (!grepl("srs|jk", name)) "chisq_saddlepoint",
    if (grepl("overton|hr|yg", name)) c("total_deff", "by_deff"),
    if (grepl("^(fpc|hospital|crowd)", name)) c("interval_beta", "interval_xlogit", "interval_asin", "prop_beta"),
    if (name == "hospital") "prop_asin", if (grepl("nhanes|crowd", name)) "quantile_hf4", if (name == "apistrat_post") "prop_beta", if (grepl("jk", name)) "prop_likelihood", if (name == "nhanes") "ttest_one")
  put <- function(what, call, post=identity) {
    if (what %in% skip) return(invisible())
    value <- tryCatch(post(eval(call, list(d=d), globalenv())), error=function(e) list(error=conditionMessage(e)))
    if (!is.list(value) || is.null(value$error)) out$cases[[paste0(name, "/", what)]] <<- list(call=paste(deparse(call, width.cutoff=500), collapse=""), result=value)
  }
  e <- function(s) est(s, d)
  rep <- inherits(d, "svyrep.design")
  Y <- f1(v$y); Y1 <- f1(v$y[1])
  put("mean", bquote(svymean(.(Y1), d, na.rm=TRUE)), e)
  put("mean_pair", bquote(svymean(.(Y), d, na.rm=TRUE)), e)
  put("mean_second", bquote(svymean(.(f1(v$y[2])), d, na.rm=TRUE)), e)
  put("deff_srs", bquote(svymean(.(Y1), d, deff=TRUE, na.rm=TRUE)), function(s) num(deff(s)))
  put("deff_replace", bquote(svymean(.(Y1), d, deff="replace", na.rm=TRUE)), function(s) num(deff(s)))
  put("total", bquote(svytotal(.(Y1), d, na.rm=TRUE)), e)
  put("total_deff", bquote(svytotal(.(Y1), d, deff=TRUE, na.rm=TRUE)), function(s) num(deff(s)))
  put("ratio", bquote(svyratio(.(f1(v$num)), .(f1(v$den)), d, na.rm=TRUE)), function(s) list(est=num(coef(s)), se=num(SE(s))))
  put("var", bquote(svyvar(.(Y1), d, na.rm=TRUE)), function(s) list(est=num(coef(s))[1], se=num(SE(s))[1]))
  for (q in c("math","school",paste0("hf",1:9)))
    put(paste0("quantile_", q), bquote(svyquantile(.(Y1), d, c(.1,.25,.5,.75,.9), qrule=.(q), interval.type="mean", na.rm=TRUE)),
      function(s) { m <- s[[1]]; list(q=num(m[,1]), lower=num(m[,2]), upper=num(m[,3]), se=num(m[,4])) })
  if (!rep) for (i in c("beta","xlogit","score","asin"))
    put(paste0("interval_", i), bquote(svyquantile(.(f1(v$y[2])), d, c(.25,.5,.75), interval.type=.(i), na.rm=TRUE)),
      function(s) { m <- s[[1]]; list(q=num(m[,1]), lower=num(m[,2]), upper=num(m[,3]), se=num(m[,4])) })
  put("contrast", bquote(svycontrast(svymean(.(Y), d, na.rm=TRUE), .(parse(text=paste0("quote(`", v$y[1], "`/`", v$y[2], "`)"))[[1]]))), function(s) list(est=num(coef(s)), se=num(SE(s))))
  put("ttest_one", bquote(svyttest(.(as.formula(paste0("I(", v$y[1], "-", v$y[2], ")~0"))), d)), tst)
  if (!is.null(v$p)) {
    P <- as.formula(paste0("~I(", v$p, "==", if (is.character(v$yes)) shQuote(v$yes) else v$yes, ")"))
    for (m in c("logit","likelihood","asin","beta","mean","xlogit"))
      put(paste0("prop_", m), bquote(svyciprop(.(P), d, method=.(m), na.rm=TRUE)), function(s) list(est=num(coef(s)), se=num(SE(s)), lower=num(attr(s,"ci")[1]), upper=num(attr(s,"ci")[2])))
    put("subset", bquote(svymean(.(Y1), subset(d, .(P[[2]])), na.rm=TRUE)), function(s) est(s, eval(bquote(subset(d, .(P[[2]]))), list(d=d))))
    put("subset_total", bquote(svytotal(.(Y1), subset(d, .(P[[2]])), na.rm=TRUE)), function(s) est(s, eval(bquote(subset(d, .(P[[2]]))), list(d=d))))
  }
  if (!is.null(v$g)) {
    G <- f1(v$g)
    put("by_mean", bquote(svyby(.(Y1), .(G), d, svymean, na.rm=TRUE, vartype=c("se","ci","cv"))), function(s) list(group=as.character(s[[1]]), est=num(coef(s)), se=num(SE(s)), lower=num(s$ci_l), cv=num(unlist(cv(s)))))
    put("by_deff", bquote(svyby(.(Y1), .(G), d, svymean, na.rm=TRUE, deff=TRUE)), function(s) num(s[[grep("^DEff", names(s))]]))
    put("by_cov", bquote(svyby(.(Y), .(G), d, svymean, na.rm=TRUE, covmat=TRUE)), function(s) list(est=num(coef(s)), vcov=unname(as.matrix(vcov(s)))))
    put("by_total", bquote(svyby(.(Y1), .(G), d, svytotal, na.rm=TRUE)), function(s) list(est=num(coef(s)), se=num(SE(s))))
    put("by_ratio", bquote(svyby(.(f1(v$num)), .(G), denominator=.(f1(v$den)), d, svyratio, na.rm=TRUE)), function(s) list(est=num(coef(s)), se=num(SE(s))))
    put("by_var", bquote(svyby(.(f1(v$y[2])), .(G), d, svyvar, na.rm=TRUE)), function(s) list(est=num(coef(s)), se=num(unlist(SE(s)))))
    put("factor", bquote(svymean(.(as.formula(paste0("~factor(", v$g, ")"))), d, deff=TRUE, na.rm=TRUE)), function(s) c(e(s), list(deff=num(deff(s)))))
    put("factor_total", bquote(svytotal(.(as.formula(paste0("~factor(", v$g, ")"))), d, na.rm=TRUE)), e)
    put("by_quantile", bquote(svyby(.(f1(v$y[2])), .(G), d, svyquantile, quantiles=c(.25,.5), ci=TRUE, vartype="ci", na.rm=TRUE, keep.var=TRUE, interval.type="mean")), function(s) list(frame=lapply(s, num)))
    put("glm_gaussian", bquote(svyglm(.(as.formula(paste0("`", v$y[2], "`~factor(", v$g, ")"))), d)), function(m) list(coef=num(coef(m)), se=num(SE(m)), vcov=unname(vcov(m)), df=m$df.residual, p=num(summary(m)$coef[,4])))
    put("rank_kruskal", bquote(svyranktest(.(as.formula(paste0("`", v$y[2], "`~", v$g))), d, test="KruskalWallis")), tst)
    put("ttest", bquote(svyttest(.(as.formula(paste0("`", v$y[2], "`~", v$p))), d)), tst)
  }
  if (!is.null(v$g2)) {
    T <- f1(v$g, v$g2)
    for (m in c("F","Chisq","Wald","adjWald","saddlepoint")) put(paste0("chisq_", m), bquote(svychisq(.(T), d, statistic=.(m))), tst)
    put("crossed", bquote(svyby(.(Y1), .(T), d, svymean, na.rm=TRUE)), function(s) list(est=num(coef(s)), se=num(SE(s))))
    put("by_factor", bquote(svyby(.(as.formula(paste0("~factor(", v$g2, ")"))), .(f1(v$g)), d, svymean, na.rm=TRUE)), function(s) list(est=num(coef(s)), se=num(unlist(SE(s)))))
    put("rank_wilcoxon", bquote(svyranktest(.(as.formula(paste0("`", v$y[2], "`~", v$p))), d)), tst)
  }
  if (!is.null(v$x)) {
    rhs <- paste(c(v$x, paste0("factor(", v$g, ")"))[-(if (name %in% c("nhanes","nhanes_jkn")) 1 else 99)], collapse="+")
    P <- paste0("I(", v$p, "==", if (is.character(v$yes)) shQuote(v$yes) else v$yes, ")")
    g <- function(m) list(coef=num(coef(m)), se=num(SE(m)), vcov=unname(vcov(m)), df=m$df.residual, p=num(summary(m)$coef[,4]))
    put("glm_logit", bquote(svyglm(.(as.formula(paste0(P, "~", rhs))), d, family=quasibinomial())), g)
    put("glm_many", bquote(svyglm(.(as.formula(paste0("`", v$y[2], "`~", rhs))), d)), g)
    put("glm_poisson", bquote(svyglm(.(as.formula(paste0("`", v$y[2], "`~", rhs))), d, family=quasipoisson())), g)
    for (m in c("Wald","WorkingWald","LRT"))
      put(paste0("term_", m), bquote(regTermTest(svyglm(.(as.formula(paste0("`", v$y[2], "`~", rhs))), d), .(as.formula(paste0("~factor(", v$g, ")"))), method=.(m))),
        function(r) list(statistic=num(if (m == "Wald") r$Ftest else r$chisq), p=num(r$p), df=num(r$df), ddf=num(r$ddf)))
    put("olr", bquote(svyolr(.(as.formula(if (v$g2 == "sch.wide") "mealcat~avg.ed+mobility+stype" else "agecat~race+female")), d)), function(m) list(coef=num(coef(m)), se=num(SE(m))))
  }
}
# strata of a single PSU
for (policy in c("remove","certainty","adjust","average")) for (adj in c(FALSE, TRUE)) {
  options(survey.lonely.psu=policy, survey.adjust.domain.lonely=adj)
  d <- svydesign(id=~1, weights=~pw, strata=~dnum, data=apiclus1)
  n <- nhanes[!(nhanes$SDMVSTRA == 83 & nhanes$SDMVPSU == 2), ]
  k <- svydesign(id=~SDMVPSU, strata=~SDMVSTRA, weights=~WTMEC2YR, nest=TRUE, data=n)
  key <- paste0(policy, if (adj) "_adjdomain" else "")
  # Totals under "adjust" are left out: 4.1.1 centres them otherwise than 4.5.
  m <- function(s) list(est=num(coef(s)), se=num(SE(s)))
  out$cases[[paste0("lonely_apiclus1/", key)]] <- list(result=list(mean=m(svymean(~api00, d)), ratio=m(svyratio(~api.stu, ~enroll, d, na.rm=TRUE)), by=m(svyby(~api00, ~stype, d, svymean))))
  out$cases[[paste0("lonely_nhanes/", key)]] <- list(result=list(mean=m(svymean(~HI_CHOL, k, na.rm=TRUE)), y=m(svymean(~y, k)), by=m(svyby(~HI_CHOL, ~race+agecat, k, svymean, na.rm=TRUE)), ratio=m(svyratio(~HI_CHOL, ~female, k, na.rm=TRUE)),
    glm=m(svyglm(y~female, k))))
}
write(toJSON(out, digits=I(17), auto_unbox=TRUE, na="null", null="null"), file.path(folder, "survey_designs.json"))
